import { describeParity } from "../support/applicationParity.ts";

describeParity("VGG", "applicationsVgg");
