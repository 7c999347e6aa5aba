import { describeParity } from "../support/applicationParity.ts";

describeParity("DenseNet", "applicationsDenseNet");
