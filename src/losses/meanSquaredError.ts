import { operators } from "../ops/index.ts";
import { alignRanks, type Loss, meanOfEachSample } from "./loss.ts";

/** The mean of (y - p)² over the outputs of a sample. Targets [batch, outputs], or [batch] for one output. */
export function meanSquaredError(): Loss {
  return {
    name: "meanSquaredError",
    config: {},
    perSample(g, prediction, target) {
      const pair = alignRanks(g, prediction, target);
      const difference = g.apply(operators.sub, [pair.target, pair.prediction], {});
      return meanOfEachSample(g, g.apply(operators.square, [difference], {}));
    },
  };
}
