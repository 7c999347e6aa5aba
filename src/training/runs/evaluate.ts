import { reducedLoss } from "../../losses/reduction.ts";
import { sizeOf, type Tensor } from "../../tensor/tensor.ts";
import type { Compiled } from "../compiled/compile.ts";
import { withEngine } from "../features/frozenFeatures.ts";
import { type InferenceJob, readBatch, runInference } from "../features/inference.ts";
import { type EvaluationGraph, evaluationGraph } from "../graphs/stepGraph.ts";
import type { Logs } from "../measuring/logs.ts";
import { reportedLoss } from "../measuring/measureBatch.ts";
import { type MeasuredOutput, Measurements } from "../measuring/measurements.ts";
import { type LabelledSamples, readTargets, targetShapes } from "../samples/labelledSamples.ts";
import { labelSamples, type ModelSampleWeights, type ModelTargets } from "../samples/labelSamples.ts";
import type { ModelInputs } from "../samples/modelInputs.ts";
import type { FrozenPart } from "./fitOptions.ts";
import { withHooks } from "./inferenceHooks.ts";
import { checkBatchSize, type InferenceOptions } from "./predict.ts";

export interface EvaluateOptions extends InferenceOptions {
  /** One weight a sample in the loss and weighted metrics; other metrics take no notice of it. */
  readonly sampleWeight?: ModelSampleWeights;
  /** Gives what the frozen part makes of the samples: from a store, say. Default: it runs with the rest. */
  readonly frozenPart?: FrozenPart;
}

/**
 * Loss and metrics of a compiled model on samples (Keras's `evaluate`), in inference form, penalties included.
 *
 * @returns By name: "loss" and the metrics as they were given to `compile`.
 */
export async function evaluate(
  compiled: Compiled,
  x: ModelInputs,
  y: ModelTargets,
  options: EvaluateOptions = {},
): Promise<Logs> {
  const samples = labelSamples(compiled, x, y, options.sampleWeight);
  const measurements = new Measurements(compiled, targetShapes(samples));
  const { callbacks = [] } = options;
  const { model, state } = compiled;
  const hooked = { phase: "evaluate", model, callbacks, iteration: state?.iteration ?? 0 } as const;
  await withHooks({ ...hooked, logs: () => measurements.logs }, options, (work) =>
    measureSamples(compiled, samples, measurements, work),
  );
  return measurements.logs;
}

/** Measures a compiled model on samples, beside what was measured before. */
export async function measureSamples(
  compiled: Compiled,
  samples: LabelledSamples,
  measurements: Measurements,
  options: EvaluateOptions,
): Promise<void> {
  const batchSize = checkBatchSize(options.batchSize ?? 32);
  const { frozenPart } = options;
  const splitPrefix = frozenPart !== undefined;
  const names = evaluationGraph(compiled, { targetShapes: targetShapes(samples), splitPrefix });
  await withEngine(options.engine, async (engine) => {
    const features = names.prefix && (await frozenPart?.(names.prefix, samples.source, options));
    const read = { ...samples, source: features ?? samples.source };
    await runInference(engine, evaluationJob(compiled, names, read, measurements, batchSize), options);
  });
}

function evaluationJob(
  compiled: Compiled,
  { graph, x, outputs, penalty }: EvaluationGraph,
  samples: LabelledSamples,
  measurements: Measurements,
  batchSize: number,
): InferenceJob {
  /** Of the batches under way, by their first sample. */
  const targetsOf = new Map<number, readonly Float32Array[]>();
  return {
    graph,
    samples: samples.source.samples,
    batchSize,
    phase: "evaluate",
    async feeds(indices) {
      const feeds: Record<string, Tensor> = {};
      const read: Float32Array[] = [];
      for (const [place, { target, losses }] of outputs.entries()) {
        const { targets } = samples.outputs[place]!;
        const { shape } = targets;
        const rows = new Float32Array(indices.length * sizeOf(shape));
        await readTargets(targets, indices, rows);
        read.push(rows);
        // What is fed is given away.
        const data = rows.slice();
        if (losses !== undefined)
          feeds[target.name] = { dtype: "float32", shape: [indices.length, ...shape], data };
      }
      targetsOf.set(indices[0]!, read);
      feeds[x] = await readBatch(samples.source, indices);
      return feeds;
    },
    onBatch(indices, results) {
      const floats = (name: string) => results[name]!.data as Float32Array;
      const targets = targetsOf.get(indices[0]!)!;
      targetsOf.delete(indices[0]!);
      const measured = outputs.map(({ output, prediction, losses }, place): MeasuredOutput => {
        const { weights } = samples.outputs[place]!;
        const given = weights && slice(weights, indices, 1);
        return {
          loss:
            losses &&
            reducedLoss(output.loss!, {
              losses: floats(losses.name),
              weights: given,
              targets: targets[place]!,
            }),
          prediction: floats(prediction.name),
          targets: targets[place]!,
          weights: given,
        };
      });
      const added = penalty === undefined ? 0 : floats(penalty)[0]!;
      measurements.update(reportedLoss(compiled.outputs, measured, added), measured, indices.length);
    },
  };
}

/** The rows of samples that follow one another. */
function slice(data: Float32Array, indices: Uint32Array, width: number): Float32Array {
  return data.slice(indices[0]! * width, (indices.at(-1)! + 1) * width);
}
