import type { Preprocessing } from "../applications/preprocessing.ts";
import type { Draw } from "../augmentation/draw.ts";
import type { AugmentationPipeline } from "../augmentation/pipeline.ts";
import { ViewRenderer } from "../augmentation/view.ts";
import { PermafrostError } from "../base/errors.ts";
import type { Session } from "../engine/session.ts";
import type { PixelImage } from "../images/pixelImage.ts";
import { Arena } from "../tensor/arena.ts";
import { sizeOf, type Tensor } from "../tensor/tensor.ts";
import type { PrefixSignature } from "./prefix.ts";

export interface PrefixRunnerOptions {
  readonly signature: PrefixSignature;
  readonly preprocessing: Preprocessing;
  /** Whose draws the pictures come with; null without augmentation. */
  readonly pipeline: AugmentationPipeline | null;
  readonly batchSize: number;
  /** Loaded from `encodeProgram(prefix)`; missing for a trivial prefix. */
  readonly session?: Session;
}

/**
 * Pictures in, features out, in this thread. Preprocessing writes straight into the memory that ONNX Runtime reads.
 */
export class PrefixRunner {
  readonly #options: PrefixRunnerOptions;
  readonly #renderer: ViewRenderer;
  readonly #arena: Arena;
  readonly #input: ReturnType<Arena["allocate"]>;
  readonly #output: ReturnType<Arena["allocate"]>;
  readonly #pixels: number;

  constructor(options: PrefixRunnerOptions) {
    const { signature, batchSize } = options;
    this.#options = options;
    this.#renderer = new ViewRenderer(options.preprocessing);
    this.#pixels = 3 * signature.height * signature.width;
    const lengths = [batchSize * this.#pixels, batchSize * sizeOf(signature.shape)] as const;
    this.#arena = new Arena(Arena.bytesFor(lengths));
    this.#input = this.#arena.allocate(lengths[0]);
    this.#output = this.#arena.allocate(lengths[1]);
  }

  /** Preprocesses a picture, transformed as the draw says, to be sample `slot` of the next run. */
  place(slot: number, image: PixelImage, draw: Draw | null): void {
    const start = slot * this.#pixels;
    const into = this.#arena.view(this.#input).subarray(start, start + this.#pixels);
    this.#renderer.render(image, this.#options.pipeline, draw, into);
  }

  /** The features of the first `count` samples placed: a new array, [count, ...shape]. */
  async run(count: number): Promise<Float32Array<ArrayBuffer>> {
    const { signature, session } = this.#options;
    if (signature.trivial) return this.#arena.view(this.#input).slice(0, count * this.#pixels);
    if (session === undefined) throw new PermafrostError("INTERNAL", "internal: the prefix has no session.");
    const feed = this.#tensor(this.#input, [count, 3, signature.height, signature.width]);
    const result = this.#tensor(this.#output, [count, ...signature.shape]);
    await session.runInto({ [signature.input]: feed }, { [signature.output]: result });
    return new Float32Array(result.data);
  }

  async close(): Promise<void> {
    await this.#options.session?.close();
  }

  #tensor(span: ReturnType<Arena["allocate"]>, shape: readonly number[]): Tensor<"float32"> {
    return this.#arena.tensor(span, shape);
  }
}
