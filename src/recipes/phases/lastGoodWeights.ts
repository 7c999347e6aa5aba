import { PermafrostError } from "../../base/errors.ts";
import type { Callback } from "../../training/callbacks/callback.ts";
import type { Compiled } from "../../training/compiled/compile.ts";

/**
 * Watches the numbers of each epoch. When one of them is none (validation can fail where the training loss has not yet),
 * the model gets back the weights of the epoch before, and training ends with LOSS_NAN.
 */
export function lastGoodWeights({ trained, statistics }: Compiled, epochs: number): Callback {
  const changing = [...trained.values(), ...statistics.values()];
  const copies = () => changing.map(({ value }) => value.slice());
  let good = copies();
  return {
    onEpochBegin() {
      good = copies();
    },
    onEpochEnd(epoch, logs) {
      const bad = Object.entries(logs).find(([, value]) => !Number.isFinite(value));
      if (bad === undefined) return;
      changing.forEach(({ value }, index) => {
        value.set(good[index]!);
      });
      const kept = epoch === 0 ? "from before training" : `of the end of epoch ${epoch}`;
      throw new PermafrostError(
        "LOSS_NAN",
        `training stopped: ${bad[0]} became ${bad[1]} after epoch ${epoch + 1} of ${epochs}. ` +
          `The model keeps the weights ${kept}. Use a lower learning rate.`,
        { details: { epoch } },
      );
    },
  };
}
