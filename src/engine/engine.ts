import { availableParallelism } from "node:os";
import type { Graph } from "../graph/graph.ts";
import { type EncodedProgram, encodeProgram } from "../onnx/encodeProgram.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type PoolHandlers, poolHandlers } from "./poolHandlers.ts";
import type { Runtime } from "./runtime.ts";
import { SameThread } from "./sameThread.ts";
import type { Tensors } from "./session.ts";
import { type Answering, Thread } from "./thread.ts";

export interface EngineOptions {
  /** Worker threads (default: one a core). Each holds its own copy of a program's constants. */
  readonly workers?: number;
  /** Threads that one run may use inside its worker (default 1; raise it when memory allows only one worker). */
  readonly threadsPerWorker?: number;
}

/**
 * ONNX Runtime behind worker threads, so that the event loop stays free while it computes.
 * Close it when done; its threads keep the process alive otherwise.
 */
export class Engine {
  readonly version: string;
  /** Inside one class the same program gives the same bits for a sample, alone or in any batch. */
  readonly numericsClass: string;
  /** Whether the means that spares outputs a second copy passed its self-test. */
  readonly skipsCopies: boolean;
  readonly #threads: readonly Answering<PoolHandlers>[];
  readonly #threadsPerWorker: number;
  #nextProgram = 0;

  private constructor(
    threads: readonly Answering<PoolHandlers>[],
    threadsPerWorker: number,
    about: Pick<Engine, "version" | "numericsClass" | "skipsCopies">,
  ) {
    this.#threads = threads;
    this.#threadsPerWorker = threadsPerWorker;
    this.version = about.version;
    this.numericsClass = about.numericsClass;
    this.skipsCopies = about.skipsCopies;
  }

  /** @throws PermafrostError ENGINE_MISSING or ENGINE_FAILED with what to do. */
  static async start(options: EngineOptions = {}): Promise<Engine> {
    const workers = Math.max(1, options.workers ?? availableParallelism());
    const threads = Array.from({ length: workers }, () => new Thread<PoolHandlers>("engine/poolThread"));
    return Engine.#over(threads, options.threadsPerWorker ?? 1);
  }

  /** An engine whose one worker is this thread, which must be a worker thread itself: a run blocks it. */
  static inThisThread(runtime: Runtime): Promise<Engine> {
    const thread = new SameThread(poolHandlers(Promise.resolve(runtime)), () => Promise.resolve());
    return Engine.#over([thread], 1);
  }

  static async #over(threads: readonly Answering<PoolHandlers>[], threadsPerWorker: number): Promise<Engine> {
    try {
      const [about] = await Promise.all(threads.map((thread) => thread.call("describe", undefined)));
      return new Engine(threads, threadsPerWorker, about!);
    } catch (error) {
      await Promise.all(threads.map((thread) => thread.close()));
      throw error;
    }
  }

  get workers(): number {
    return this.#threads.length;
  }

  /** Loads a graph whose parameters are constants; what is left to feed are its inputs, by name. */
  compile(graph: Graph): Promise<Program> {
    return Program.load(this.#threads, this.#nextProgram++, encodeProgram(graph), this.#threadsPerWorker);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** A graph loaded in every worker of an engine. Runs made at the same time spread over the workers. */
export class Program {
  readonly #threads: readonly Answering<PoolHandlers>[];
  readonly #id: number;

  private constructor(threads: readonly Answering<PoolHandlers>[], id: number) {
    this.#threads = threads;
    this.#id = id;
  }

  /** Used by Engine.compile. */
  static async load(
    threads: readonly Answering<PoolHandlers>[],
    id: number,
    model: EncodedProgram,
    threadsPerWorker: number,
  ): Promise<Program> {
    await Promise.all(
      threads.map((thread) => thread.call("load", { program: id, model, threads: threadsPerWorker })),
    );
    return new Program(threads, id);
  }

  /**
   * Computes the outputs, by name, in the least busy worker.
   *
   * @param options.giveAway - The memory of the feeds moves there and is gone here. Default: feeds are copied.
   */
  run(
    feeds: Tensors,
    { giveAway = false }: { readonly giveAway?: boolean } = {},
  ): Promise<Record<string, Tensor>> {
    const idle = this.#threads.reduce((least, thread) => (thread.pending < least.pending ? thread : least));
    const sent = compact(feeds);
    const buffers = new Set(Object.values(sent).map(({ data }) => data.buffer as ArrayBuffer));
    return idle.call("run", { program: this.#id, feeds: sent }, giveAway ? [...buffers] : []);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.call("unload", { program: this.#id })));
  }
}

/** Sending a view sends all of the buffer behind it: views of a part are cut out first. */
function compact(feeds: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => [
      name,
      feed.data.byteLength === feed.data.buffer.byteLength
        ? feed
        : ({ ...feed, data: feed.data.slice() } as Tensor),
    ]),
  );
}
