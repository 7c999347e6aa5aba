import { PermafrostError } from "../../base/errors.ts";
import { Runtime } from "../../engine/runtime.ts";
import { serve, Transferring } from "../../engine/thread.ts";
import type { FoldData, FoldTraining } from "./foldData.ts";
import { type StandardizedPart, standardizedPart } from "./standardizedPart.ts";
import { trainCandidate } from "./trainCandidate.ts";

export type FoldHandlers = ReturnType<typeof foldHandlers>;

serve(foldHandlers());

/** What a thread answers that trains one head after the other, from the first batch to the answers on the held-out rows. */
function foldHandlers() {
  const started = Runtime.start();
  // The first training reports a failure; without this line Node would end the thread before that.
  started.catch(() => undefined);
  let data: FoldData | undefined;
  /** The part used last: most trainings follow one of the same part. */
  let last: { readonly key: string; readonly part: StandardizedPart } | undefined;

  const partOf = (known: FoldData, { features, part }: FoldTraining): StandardizedPart => {
    const key = `${features} ${part}`;
    if (last?.key !== key) {
      last = { key, part: standardizedPart(known.features[features]!, known.parts[part]!) };
    }
    return last.part;
  };

  return {
    open: (given: FoldData) => {
      data = given;
      last = undefined;
    },
    train: async (training: FoldTraining) => {
      if (data === undefined)
        throw new PermafrostError("INTERNAL", "internal: the thread has no data to train on.");
      const probabilities = await trainCandidate(training, data, partOf(data, training), await started);
      return new Transferring(probabilities, [probabilities.buffer as ArrayBuffer]);
    },
  };
}
