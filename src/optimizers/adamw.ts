import { type AdamConfig, adamDefaults, adamSlots, updateAdam } from "./adam.ts";
import { defineOptimizer } from "./definition.ts";
import { checkMoments } from "./moments.ts";

/**
 * AdamW (Loshchilov and Hutter 2019): weights decay by themselves, `w -= w * weightDecay * rate`, before Adam's update.
 * Defaults as Keras 3: weightDecay 0.004, the rest as Adam.
 *
 * @example adamw({ learningRate: 1e-3, weightDecay: 0.01 })
 */
export const adamw = defineOptimizer<AdamConfig>({
  kind: "AdamW",
  defaults: { ...adamDefaults, weightDecay: 0.004 },
  check: checkMoments("AdamW"),
  slots: adamSlots,
  update: updateAdam,
});
