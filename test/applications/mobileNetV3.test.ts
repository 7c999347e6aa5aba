import { describeParity } from "../support/applicationParity.ts";

describeParity("MobileNetV3", "applicationsMobileNetV3");
