import { describeParity } from "../support/applicationParity.ts";

describeParity("ResNetV2", "applicationsResNetV2");
