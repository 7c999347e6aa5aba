import { reducedLoss } from "../losses/index.ts";
import { sizeOf, type Tensor } from "../tensor/tensor.ts";
import type { Samples } from "./batchSource.ts";
import type { Compiled } from "./compile.ts";
import { withEngine } from "./frozenFeatures.ts";
import { type InferenceJob, readBatch, runInference } from "./inference.ts";
import type { LabelledSamples } from "./labelledSamples.ts";
import { labelSamples } from "./labelSamples.ts";
import type { Logs } from "./logs.ts";
import { Measurements } from "./measurements.ts";
import { checkBatchSize, type InferenceOptions } from "./predict.ts";
import { evaluationGraph } from "./stepGraph.ts";
import type { Targets } from "./targets.ts";

export interface EvaluateOptions extends InferenceOptions {
  /** One weight a sample in the loss and weighted metrics; other metrics take no notice of it. */
  readonly sampleWeight?: ArrayLike<number>;
}

/**
 * Loss and metrics of a compiled model on samples (Keras's `evaluate`), in inference form, penalties included.
 *
 * @returns By name: "loss" and the metrics as they were given to `compile`.
 */
export async function evaluate(
  compiled: Compiled,
  x: Samples,
  y: Targets,
  options: EvaluateOptions = {},
): Promise<Logs> {
  const samples = labelSamples(compiled, x, y, options.sampleWeight);
  const batchSize = checkBatchSize(options.batchSize ?? 32);
  const measurements = new Measurements(compiled, samples.targets.shape);
  const job = evaluationJob(compiled, samples, measurements, batchSize);
  await withEngine(options.engine, (engine) => runInference(engine, job, options));
  return measurements.logs;
}

function evaluationJob(
  compiled: Compiled,
  { source, targets, weights }: LabelledSamples,
  measurements: Measurements,
  batchSize: number,
): InferenceJob {
  const names = evaluationGraph(compiled, targets.shape);
  const size = sizeOf(targets.shape);
  const slice = (data: Float32Array, indices: Uint32Array, width: number) =>
    data.slice(indices[0]! * width, (indices.at(-1)! + 1) * width);
  return {
    graph: names.graph,
    samples: source.samples,
    batchSize,
    phase: "evaluate",
    async feeds(indices) {
      const target: Tensor = {
        dtype: "float32",
        shape: [indices.length, ...targets.shape],
        data: slice(targets.data, indices, size),
      };
      return { [names.x]: await readBatch(source, indices), [names.target]: target };
    },
    onBatch(indices, results) {
      const floats = (name: string) => results[name]!.data as Float32Array;
      const penalty = names.penalty === undefined ? 0 : floats(names.penalty)[0]!;
      const given = weights && slice(weights, indices, 1);
      const loss = reducedLoss(compiled.loss.reduction, floats(names.loss), given);
      measurements.update(
        loss + penalty,
        floats(names.prediction),
        slice(targets.data, indices, size),
        indices.length,
        given,
      );
    },
  };
}
