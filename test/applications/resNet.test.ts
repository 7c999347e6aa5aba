import { describeParity } from "../support/applicationParity.ts";

describeParity("ResNet", "applicationsResNet");
