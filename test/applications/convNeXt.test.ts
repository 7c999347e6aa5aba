import { describeParity } from "../support/applicationParity.ts";

describeParity("ConvNeXt", "applicationsConvNeXt");
