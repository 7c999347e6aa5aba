import { describeParity } from "../support/applicationParity.ts";

describeParity("InceptionV3", "applicationsInceptionV3");
