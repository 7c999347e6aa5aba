import type { Engine } from "../../engine/engine.ts";
import { columnScales, type FeatureMatrix, rowsOf, scaleRows } from "../../heads/featureMatrix.ts";
import { input } from "../../layers/index.ts";
import { Model } from "../../models/functional.ts";
import { cosineDecay } from "../../optimizers/schedules/cosineDecay.ts";
import { compileModel } from "../../training/compiled/compile.ts";
import { inferenceGraph } from "../../training/features/inference.ts";
import { fit } from "../../training/runs/fit.ts";
import { arrayRows, type BatchSource } from "../../training/samples/batchSource.ts";
import { headLayers } from "../classifier/headLayers.ts";
import { predictFeatures } from "../features/predictFeatures.ts";
import { optimizerWithRate } from "../phases/fitHead.ts";
import type { Candidate } from "./searchSpace.ts";
import type { SweepFeatures } from "./sweepFeatures.ts";

/** What a head is trained on, and what it is asked about. */
export interface CandidateTraining {
  readonly candidate: Candidate;
  readonly features: SweepFeatures;
  readonly trainRows: readonly number[];
  readonly heldOutRows: readonly number[];
  readonly classes: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly engine: Engine;
  readonly signal: AbortSignal | undefined;
}

/**
 * Trains a head as `permafrost train` does (standardised features, the rate falling to 0 along a cosine), on one thread: several
 * heads are trained beside each other.
 *
 * @returns Probabilities of the held-out rows, [rows, classes].
 */
export async function trainCandidate(training: CandidateTraining): Promise<Float32Array> {
  const { candidate, features, trainRows, epochs, batchSize, seed, engine, signal } = training;
  const { plain, samples, drawn } = features;
  const scales = columnScales(rowsOf(plain, trainRows));
  const scaled = (rows: readonly number[]): FeatureMatrix => {
    const picked = rowsOf(plain, rows);
    scaleRows(scales, picked.data);
    return picked;
  };
  const source: BatchSource =
    drawn === undefined
      ? arrayRows(scaled(trainRows).data, [plain.columns])
      : rowsOfSource(drawn, trainRows, (data) => scaleRows(scales, data));
  const model = headModel(candidate, plain.columns, training);
  const decaySteps = epochs * Math.ceil(trainRows.length / batchSize);
  const rate = cosineDecay({ initialLearningRate: candidate.learningRate, decaySteps });
  const compiled = compileModel(model, {
    optimizer: optimizerWithRate(candidate.optimizer, rate),
    loss: "sparseCategoricalCrossentropy",
  });
  await fit(
    compiled,
    source,
    Float32Array.from(trainRows, (row) => samples[row]!.label),
    {
      epochs,
      batchSize,
      seed,
      threads: 1,
      oncePerSample: false,
      sampleWeight: Float32Array.from(trainRows, (row) => samples[row]!.weight),
      ...(signal === undefined ? {} : { signal }),
    },
  );
  const heldOut = arrayRows(scaled(training.heldOutRows).data, [plain.columns]);
  return predictFeatures(engine, inferenceGraph(model), heldOut);
}

function headModel({ head }: Candidate, columns: number, { classes, seed }: CandidateTraining): Model {
  const inputs = input({ shape: [columns], name: "features" });
  const outputs = headLayers(head, classes).reduce((x, layer) => layer.apply(x), inputs);
  return new Model({ inputs, outputs, name: "head", seed });
}

/** Some samples of a source, changed after reading. */
function rowsOfSource(
  source: BatchSource,
  rows: readonly number[],
  change: (data: Float32Array) => void,
): BatchSource {
  const { forEpoch } = source;
  return {
    samples: rows.length,
    shape: source.shape,
    async read(indices, into) {
      await source.read(
        indices.map((index) => rows[index]!),
        into,
      );
      change(into);
    },
    ...(forEpoch === undefined
      ? {}
      : { forEpoch: (epoch: number) => rowsOfSource(forEpoch(epoch), rows, change) }),
  };
}
