import { describeParity } from "../support/applicationParity.ts";

describeParity("EfficientNetV2", "applicationsEfficientNetV2");
