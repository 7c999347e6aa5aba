import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";
import { negativeSum } from "./categoricalCrossentropy.ts";
import { alignRanks, defineLoss, engineAxis, type Loss } from "./loss.ts";
import { type ClassAxisOptions, type FocalOptions, focalConfig } from "./options.ts";
import { power } from "./power.ts";
import { clippedShares, complement, smooth } from "./probabilities.ts";

/**
 * - sum of alpha (1 - p)^gamma y ln p over the classes (Lin et al. 2017). Targets are rows of probabilities (one-hot),
 * [batch, classes]. Probabilities are divided by their sum and clipped, also those of a softmax, as in Keras.
 */
export function categoricalFocalCrossentropy(options: FocalOptions & ClassAxisOptions = {}): Loss {
  const config = { ...focalConfig(options), axis: options.axis ?? -1 };
  return defineLoss("categoricalFocalCrossentropy", config, "probabilities", (g, prediction, target) => {
    const pair = alignRanks(g, prediction, target);
    const axis = engineAxis(pair.target.type.shape, config.axis);
    const y = smooth(g, pair.target, config.labelSmoothing, 1 / Number(pair.target.type.shape[axis]));
    const probabilities = config.fromLogits
      ? g.apply(operators.softmax, [pair.prediction], { axis })
      : pair.prediction;
    const p = clippedShares(g, probabilities, axis);
    const alpha = g.constant(scalar(config.alpha), "alpha");
    const factor = g.apply(operators.mul, [power(g, complement(g, p), config.gamma), alpha], {});
    const weights = g.apply(operators.mul, [factor, y], {});
    return negativeSum(g, weights, g.apply(operators.log, [p], {}), axis);
  });
}
