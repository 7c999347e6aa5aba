import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";
import { binaryEntropies, logitEntropies } from "./binaryCrossentropy.ts";
import { elementwiseLoss, type Loss } from "./loss.ts";
import { type FocalOptions, focalConfig } from "./options.ts";
import { power } from "./power.ts";
import { chosenSide, complement, smooth } from "./probabilities.ts";

export interface BinaryFocalOptions extends FocalOptions {
  /** Weight targets of 1 by alpha and those of 0 by 1 - alpha. Default false. */
  readonly applyClassBalancing?: boolean;
}

/**
 * Binary cross-entropy times (1 - q)^gamma, where q is the probability given to the true side (Lin et al. 2017, "Focal Loss
 * for Dense Object Detection"); the mean over the outputs of a sample. Targets as for `binaryCrossentropy`.
 */
export function binaryFocalCrossentropy(options: BinaryFocalOptions = {}): Loss {
  const config = { ...focalConfig(options), applyClassBalancing: options.applyClassBalancing ?? false };
  const { fromLogits, labelSmoothing, gamma, alpha } = config;
  return elementwiseLoss(
    "binaryFocalCrossentropy",
    config,
    (g, prediction, target) => {
      const y = smooth(g, target, labelSmoothing, 0.5);
      const p = fromLogits ? g.apply(operators.sigmoid, [prediction], {}) : prediction;
      const entropies = fromLogits ? logitEntropies(g, prediction, y) : binaryEntropies(g, p, y);
      const wrong = complement(g, chosenSide(g, y, p, complement(g, p)));
      const focal = g.apply(operators.mul, [power(g, wrong, gamma), entropies], {});
      if (!config.applyClassBalancing) return focal;
      const rare = g.constant(scalar(alpha), "alpha");
      return g.apply(operators.mul, [chosenSide(g, y, rare, complement(g, rare)), focal], {});
    },
    "probabilities",
  );
}
