import { PermafrostError } from "../../base/errors.ts";
import type { WorkOptions } from "../../base/progress.ts";
import type { Engine, Program } from "../../engine/engine.ts";
import type { Tensors } from "../../engine/session.ts";
import { bindParameters } from "../../graph/bind.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Parameter } from "../../layers/parameter.ts";
import type { Model } from "../../models/functional.ts";
import { sizeOf, type Tensor } from "../../tensor/tensor.ts";
import type { BatchSource } from "../samples/batchSource.ts";

/** Weights as tensors by their paths, in the engine's layout (not copied). */
export function weightTensors(parameters: ReadonlyMap<string, Parameter>): ReadonlyMap<string, Tensor> {
  return new Map(
    [...parameters].map(([path, { engineShape, value }]) => [
      path,
      { dtype: "float32", shape: engineShape, data: value },
    ]),
  );
}

/** A model's graph in inference form with its weights fixed in it. It has one data input, as `modelSource` feeds it. */
export function inferenceGraph(model: Model): Graph {
  const { builder, outputs, parameters } = model.toGraph({ mode: "infer", joined: true });
  return bindParameters(builder.build(outputs), weightTensors(parameters));
}

/** A graph run over all samples, batch after batch. */
export interface InferenceJob {
  readonly graph: Graph;
  /** The graph as the engine holds it; left out: loaded for this job and unloaded after it. */
  readonly program?: Program | undefined;
  readonly samples: number;
  readonly batchSize: number;
  /** What the graph is fed for these samples: arrays of their own, which are given away. */
  feeds(indices: Uint32Array): Promise<Tensors>;
  /** Called for the batches in their order. */
  onBatch(indices: Uint32Array, results: Readonly<Record<string, Tensor>>): void;
  /** What progress events call it. */
  readonly phase: string;
}

/**
 * Runs a graph whose weights are constants over many samples, spread over the engine's workers. A sample's results have
 * the same bits whatever the batch size.
 *
 * @throws PermafrostError INTERRUPTED when the signal was raised.
 */
export async function runInference(
  engine: Engine,
  job: InferenceJob,
  { onProgress, signal }: WorkOptions,
): Promise<void> {
  const { samples, batchSize, phase } = job;
  const program = job.program ?? (await engine.compile(job.graph));
  const early = new Map<number, Readonly<Record<string, Tensor>>>();
  let next = 0;
  let done = 0;
  const indicesFrom = (start: number) =>
    Uint32Array.from({ length: Math.min(batchSize, samples - start) }, (_, row) => start + row);
  const deliver = () => {
    for (let results = early.get(done); results !== undefined; results = early.get(done)) {
      early.delete(done);
      const indices = indicesFrom(done);
      job.onBatch(indices, results);
      done += indices.length;
      onProgress?.({ phase, done, total: samples, unit: "samples" });
    }
  };
  const work = async () => {
    while (next < samples && !signal?.aborted) {
      const start = next;
      const indices = indicesFrom(start);
      next += indices.length;
      early.set(start, await program.run(await job.feeds(indices), { giveAway: true }));
      deliver();
    }
  };
  try {
    await Promise.all(Array.from({ length: engine.workers }, work));
  } finally {
    if (program !== job.program) await program.close();
  }
  if (signal?.aborted) {
    throw new PermafrostError(
      "INTERRUPTED",
      `${phase} was interrupted after ${done} of ${samples} samples; the model is unchanged.`,
    );
  }
}

/** One batch of a source as a tensor. */
export async function readBatch(source: BatchSource, indices: Uint32Array): Promise<Tensor<"float32">> {
  const data = new Float32Array(indices.length * sizeOf(source.shape));
  await source.read(indices, data);
  return { dtype: "float32", shape: [indices.length, ...source.shape], data };
}

/** Runs a graph of one data input and one output over a source; the outputs of all samples one after the other. */
export async function outputsOf(
  engine: Engine,
  graph: Graph,
  source: BatchSource,
  options: WorkOptions & Pick<InferenceJob, "batchSize" | "phase" | "program">,
): Promise<Tensor<"float32">> {
  const [output] = await allOutputsOf(engine, graph, source, options);
  return output!;
}

/** As `outputsOf`, for a graph with several outputs. */
export async function allOutputsOf(
  engine: Engine,
  graph: Graph,
  source: BatchSource,
  options: WorkOptions & Pick<InferenceJob, "batchSize" | "phase" | "program">,
): Promise<readonly Tensor<"float32">[]> {
  const input = graph.inputs[0]!;
  const collected = graph.outputs.map(({ name, type }) => {
    const shape = type.shape.slice(1).map(Number);
    const size = sizeOf(shape);
    return { name, shape, size, data: new Float32Array(source.samples * size) };
  });
  const job: InferenceJob = {
    graph,
    program: options.program,
    samples: source.samples,
    batchSize: options.batchSize,
    phase: options.phase,
    feeds: async (indices) => ({ [input.name]: await readBatch(source, indices) }),
    onBatch(indices, results) {
      for (const { name, size, data } of collected) {
        data.set(results[name]!.data as Float32Array, indices[0]! * size);
      }
    },
  };
  await runInference(engine, job, options);
  return collected.map(({ shape, data }) => ({ dtype: "float32", shape: [source.samples, ...shape], data }));
}
