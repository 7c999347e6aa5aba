import type { InferenceSession } from "onnxruntime-node";
import { messageOf, PermafrostError } from "../base/errors.ts";
import { sizeOf, type Tensor } from "../tensor/tensor.ts";
import { checkFeeds } from "./feeds.ts";
import type { LoadOptions, Ort } from "./ort.ts";

/** Tensors by the name of the graph value that they are. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** Name of the extra graph output that makes ONNX Runtime stop before it copies the real ones. */
export const sentinelName = "__sentinel";

/** How ONNX Runtime's binding refuses a sequence output, after the run, before any copy. */
const sentinelMessage = "Non tensor type is temporarily not supported";

/** A loaded program in this thread. `run` blocks the thread: use it in worker threads only. */
export interface Session {
  readonly outputNames: readonly string[];
  /** Runs the program and hands back new tensors, one for each output. */
  run(feeds: Tensors): Promise<Record<string, Tensor>>;
  /** Runs the program and writes the outputs into the given tensors, which must have their exact shapes. */
  runInto(feeds: Tensors, outputs: Tensors): Promise<void>;
  close(): Promise<void>;
}

/** One ONNX model as a session. */
export class ModelSession implements Session {
  readonly #ort: Ort;
  readonly #session: InferenceSession;
  readonly #skipsCopies: boolean;

  private constructor(ort: Ort, session: InferenceSession, skipsCopies: boolean) {
    this.#ort = ort;
    this.#session = session;
    this.#skipsCopies = skipsCopies;
  }

  /**
   * @param model - A serialized ONNX ModelProto.
   * @param options.skipCopies - Use the model's sentinel output, if it has one, to leave out the output copies.
   */
  static async load(
    ort: Ort,
    model: Uint8Array,
    options: LoadOptions & { readonly skipCopies: boolean },
  ): Promise<ModelSession> {
    try {
      const session = await ort.load(model, options);
      return new ModelSession(ort, session, options.skipCopies && session.outputNames.includes(sentinelName));
    } catch (error) {
      throw new PermafrostError("ENGINE_FAILED", `ONNX Runtime refused a model: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  get outputNames(): readonly string[] {
    return this.#session.outputNames.filter((name) => name !== sentinelName);
  }

  async run(feeds: Tensors): Promise<Record<string, Tensor>> {
    checkFeeds(this.#session, feeds);
    const fetched = await this.#run(feeds, [...this.outputNames]);
    const results: Record<string, Tensor> = {};
    for (const name of this.outputNames) {
      const { type, dims, data } = fetched[name]!;
      results[name] = { dtype: type, shape: dims, data } as Tensor;
    }
    return results;
  }

  async runInto(feeds: Tensors, outputs: Tensors): Promise<void> {
    checkFeeds(this.#session, feeds);
    const fetches: Record<string, InferenceSession.OnnxValueMapType[string] | null> = {};
    if (this.#skipsCopies) fetches[sentinelName] = null;
    for (const [name, tensor] of Object.entries(outputs)) fetches[name] = this.#ort.wrap(tensor);
    try {
      await this.#run(feeds, fetches);
    } catch (error) {
      if (!(this.#skipsCopies && isSentinelRefusal(error))) throw error;
    }
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  async #run(feeds: Tensors, fetches: InferenceSession.FetchesType): Promise<InferenceSession.ReturnType> {
    const wrapped = Object.fromEntries(
      Object.entries(feeds).map(([name, feed]) => [name, this.#ort.wrap(feed)]),
    );
    try {
      return await this.#session.run(wrapped, fetches);
    } catch (error) {
      if (isSentinelRefusal(error)) throw error;
      const shapes = Object.entries(feeds).map(([name, feed]) => `${name} [${feed.shape.join(", ")}]`);
      const bytes = Object.values(feeds).reduce((sum, feed) => sum + 4 * sizeOf(feed.shape), 0);
      throw new PermafrostError(
        "ENGINE_FAILED",
        `ONNX Runtime failed on ${shapes.join(", ")} (${bytes} bytes): ${messageOf(error)}`,
        { cause: error },
      );
    }
  }
}

function isSentinelRefusal(error: unknown): boolean {
  return messageOf(error).includes(sentinelMessage);
}
