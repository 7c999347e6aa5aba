import { describeParity } from "../support/applicationParity.ts";

describeParity("InceptionResNetV2", "applicationsInceptionResNetV2");
