import { type Digest, digestOf, sha256 } from "../base/digest.ts";
import type { WorkOptions } from "../base/progress.ts";
import { Engine, type Program } from "../engine/engine.ts";
import type { Graph } from "../graph/graph.ts";
import type { Model } from "../models/functional.ts";
import type { Topology } from "../models/topology.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { allOutputsOf, inferenceGraph } from "../training/features/inference.ts";
import type { BatchSource } from "../training/samples/batchSource.ts";

/** A model's graph as the engine holds it, and what it was made of. */
interface LoadedModel {
  readonly topology: Topology;
  readonly weights: Digest;
  readonly graph: Graph;
  readonly program: Program;
}

/**
 * Predicts with one model, call after call: threads and the loaded graph stay ready, so that a batch of 20 costs little
 * more than its forward passes. When weights or layers have changed the graph is loaded anew.
 */
export class Predictor {
  readonly #model: Model;
  #engine: Promise<Engine> | undefined;
  #loaded: LoadedModel | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(model: Model) {
    this.#model = model;
  }

  /** The engine of this model, started when it is first asked for. */
  engine(): Promise<Engine> {
    this.#engine ??= Engine.start();
    return this.#engine;
  }

  /** All outputs in the engine's layout. One call at a time: the engine's workers share each. */
  outputs(source: BatchSource, batchSize: number, work: WorkOptions): Promise<readonly Tensor<"float32">[]> {
    const result = this.#last.then(async () => {
      const engine = await this.engine();
      const { graph, program } = await this.#load(engine);
      // Few samples are spread over the workers as well; the bits of a sample do not depend on the batch.
      const share = Math.max(1, Math.ceil(source.samples / engine.workers));
      const options = { ...work, phase: "predict", program, batchSize: Math.min(batchSize, share) };
      return allOutputsOf(engine, graph, source, options);
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    this.#loaded = undefined;
    await (await engine)?.close();
  }

  async #load(engine: Engine): Promise<LoadedModel> {
    const { topology } = this.#model;
    const weights = weightsState(this.#model);
    if (this.#loaded?.topology === topology && this.#loaded.weights === weights) return this.#loaded;
    await this.#loaded?.program.close();
    this.#loaded = undefined;
    const graph = inferenceGraph(this.#model);
    this.#loaded = { topology, weights, graph, program: await engine.compile(graph) };
    return this.#loaded;
  }
}

/** Differs when any weight differs; over the values as they lie in memory, which is faster than in Keras's layout. */
function weightsState(model: Model): Digest {
  return digestOf(
    model.weights.map(({ value }) =>
      sha256(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)),
    ),
  );
}
