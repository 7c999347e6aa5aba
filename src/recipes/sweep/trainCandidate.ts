import { Engine } from "../../engine/engine.ts";
import type { Runtime } from "../../engine/runtime.ts";
import { input } from "../../layers/index.ts";
import { Model } from "../../models/functional.ts";
import { cosineDecay } from "../../optimizers/schedules/cosineDecay.ts";
import type { Callback } from "../../training/callbacks/callback.ts";
import { compileModel } from "../../training/compiled/compile.ts";
import { inferenceGraph } from "../../training/features/inference.ts";
import { fit } from "../../training/runs/fit.ts";
import { headLayers } from "../classifier/headLayers.ts";
import { predictFeatures } from "../features/predictFeatures.ts";
import { optimizerWithRate } from "../phases/fitHead.ts";
import type { FoldData, FoldTraining } from "./foldData.ts";
import type { Candidate } from "./searchSpace.ts";
import type { StandardizedPart } from "./standardizedPart.ts";

/**
 * Trains a head as `permafrost train` does (standardised features, the rate falling to 0 along a cosine), on one thread: several
 * heads are trained beside each other.
 *
 * @param runtime - Of this thread, which then trains and answers itself; left out: threads of their own do, with the same bits.
 * @returns Probabilities of the held-out rows, [rows, classes].
 */
export async function trainCandidate(
  { candidate, part, epochs }: Pick<FoldTraining, "candidate" | "part" | "epochs">,
  data: FoldData,
  { train, heldOut }: StandardizedPart,
  runtime?: Runtime,
): Promise<Float32Array> {
  const { batchSize, seed, stop } = data;
  const { trainRows } = data.parts[part]!;
  const model = headModel(candidate, train.shape[0]!, data);
  const decaySteps = epochs * Math.ceil(trainRows.length / batchSize);
  const rate = cosineDecay({ initialLearningRate: candidate.learningRate, decaySteps });
  const compiled = compileModel(model, {
    optimizer: optimizerWithRate(candidate.optimizer, rate),
    loss: "sparseCategoricalCrossentropy",
  });
  const expected = Float32Array.from(trainRows, (row) => data.labels[row]!);
  await fit(compiled, train, expected, {
    epochs,
    batchSize,
    seed,
    threads: 1,
    oncePerSample: false,
    sampleWeight: Float32Array.from(trainRows, (row) => data.weights[row]!),
    callbacks: [endsOn(stop)],
    ...(runtime === undefined ? {} : { runtime }),
  });
  await using engine = await (runtime === undefined
    ? Engine.start({ workers: 1 })
    : Engine.inThisThread(runtime));
  return await predictFeatures(engine, inferenceGraph(model), heldOut);
}

function headModel({ head }: Candidate, columns: number, { classes, seed }: FoldData): Model {
  const inputs = input({ shape: [columns], name: "features" });
  const outputs = headLayers(head, classes).reduce((x, layer) => layer.apply(x), inputs);
  return new Model({ inputs, outputs, name: "head", seed });
}

/** Ends training after the epoch under way once another thread asks for it. */
function endsOn(stop: Int32Array): Callback {
  return {
    onEpochEnd(_epoch, _logs, control) {
      if (Atomics.load(stop, 0) !== 0) control.stopTraining = true;
    },
  };
}
