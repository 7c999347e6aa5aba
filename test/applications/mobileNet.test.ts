import { describeParity } from "../support/applicationParity.ts";

describeParity("MobileNet", "applicationsMobileNet");
