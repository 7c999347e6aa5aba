import { describeParity } from "../support/applicationParity.ts";

describeParity("NASNet", "applicationsNasNet");
