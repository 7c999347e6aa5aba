import { describeParity } from "../support/applicationParity.ts";

describeParity("MobileNetV2", "applicationsMobileNetV2");
