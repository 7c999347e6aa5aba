import { logisticRegression } from "../../../heads/logisticRegression.ts";
import { linearHeadL2 } from "../../classifier/headLayers.ts";
import type { SolvedMethod } from "../method.ts";

export const logistic: SolvedMethod = {
  kind: "solved",
  name: "logistic",
  summary:
    "Logistic regression on the features of the frozen base, to convergence, with the linear head's penalty.",
  solve(train, labels, classes) {
    // The head's loss is a mean plus L2 of all kernels; two of them that differ count half of their difference.
    const c = 1 / ((classes === 2 ? 1 : 2) * linearHeadL2 * train.rows);
    return logisticRegression(train, labels, classes, { c });
  },
};
