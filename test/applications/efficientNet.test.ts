import { describeParity } from "../support/applicationParity.ts";

describeParity("EfficientNet", "applicationsEfficientNet");
