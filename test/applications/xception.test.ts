import { describeParity } from "../support/applicationParity.ts";

describeParity("Xception", "applicationsXception");
