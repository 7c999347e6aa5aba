import { PermafrostError } from "../base/errors.ts";
import { bytesPerElement, sizeOf, type Tensor } from "./tensor.ts";

/** Where a tensor lies in an arena. */
export interface Span {
  /** Byte offset in the arena's memory, a multiple of 64. */
  readonly offset: number;
  /** Number of float32 elements. */
  readonly length: number;
}

const pageBytes = 65_536;
/** Every span starts on a cache line, so that SIMD loads never straddle two of them. */
const alignment = 64;

/**
 * Ordinary (not shared) WebAssembly memory that holds parameters, gradients, slots and batches.
 * ONNX Runtime reads and writes it in place, the WebAssembly kernels work on the same bytes: nothing is copied between them.
 * Its size is fixed when it is made, because growing would detach every view.
 */
export class Arena {
  readonly memory: WebAssembly.Memory;
  readonly #bytes: number;
  #used = 0;

  /** @param bytes - Room for all spans; use `Arena.bytesFor` to add up their lengths. */
  constructor(bytes: number) {
    const pages = Math.max(1, Math.ceil(bytes / pageBytes));
    if (pages > pageBytes) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `arena: expected at most 4 GiB of trainable state, got ${(bytes / 2 ** 30).toFixed(1)} GiB. Train fewer parameters or use a smaller batch.`,
      );
    }
    this.#bytes = pages * pageBytes;
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  }

  /** Bytes that spans of these lengths (float32 elements) take together. */
  static bytesFor(lengths: readonly number[]): number {
    return lengths.reduce((sum, length) => sum + padded(length), 0);
  }

  /** Takes a new span, filled with zeros. */
  allocate(length: number): Span {
    const offset = this.#used;
    if (offset + padded(length) > this.#bytes) {
      throw new PermafrostError(
        "INTERNAL",
        `internal: the arena of ${this.#bytes} bytes has no room for ${length} more elements; its plan left something out.`,
      );
    }
    this.#used += padded(length);
    return { offset, length };
  }

  /** The elements of a span, live. */
  view(span: Span): Float32Array {
    return new Float32Array(this.memory.buffer, span.offset, span.length);
  }

  /** A tensor over the first elements of a span, live. */
  tensor(span: Span, shape: readonly number[]): Tensor<"float32"> {
    const length = sizeOf(shape);
    if (length > span.length) {
      throw new PermafrostError(
        "INTERNAL",
        `internal: ${length} elements do not fit a span of ${span.length}.`,
      );
    }
    return { dtype: "float32", shape, data: new Float32Array(this.memory.buffer, span.offset, length) };
  }
}

function padded(length: number): number {
  return Math.ceil((length * bytesPerElement.float32) / alignment) * alignment;
}
