import type { ResampleFilter } from "../applications/preprocessing.ts";
import { PermafrostError } from "../base/errors.ts";
import { type ImageKernels, instantiateKernels, pageBytes } from "../base/wasm.ts";
import type { PixelImage } from "./pixelImage.ts";
import { nearestIndices, type ResampleTable, resampleTable, type WindowFilter } from "./resampleTable.ts";

/** Which part of a resampled picture is wanted. All in pixels of the resampled picture. */
export interface ResampleRequest {
  /** Size to which the whole picture is resampled. */
  readonly width: number;
  readonly height: number;
  readonly filter: ResampleFilter;
  /** The part that is computed; it has the same pixels as if it had been cut out of the whole. */
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
}

/** Kernels read and write whole vectors: room behind every array. */
const slack = 16;

/** The source goes through memory in bands of about this size, so that large pictures need little and caches are used. */
const bandBytes = 1 << 19;

/** Tables that are kept: data sets repeat few sizes. */
const keptTables = 32;

/**
 * WebAssembly memory in which pictures are resampled. Results stay in it until the next call.
 *
 * Not for two callers at once; each worker owns one.
 */
export class PixelWorkspace {
  readonly kernels: ImageKernels;
  readonly #memory = new WebAssembly.Memory({ initial: 16 });
  readonly #tables = new Map<string, ResampleTable>();

  constructor() {
    this.kernels = instantiateKernels("images", this.#memory);
  }

  /** A view of the memory. It is dead after the next call that needs more memory: take it anew each time. */
  bytes(offset: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, offset, length);
  }

  /** As `bytes`, for `length` floats. */
  floats(offset: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, offset, length);
  }

  /**
   * Resamples a picture into memory at a multiple of 16.
   *
   * @param offset - Where the [rows, columns, 3] result goes; memory behind it is used too.
   * @throws PermafrostError IMAGE_UNREADABLE where the picture needs more memory than WebAssembly has (extremely tall ones).
   */
  resample(image: PixelImage, request: ResampleRequest, offset: number): void {
    const free = align(offset + request.columns * request.rows * 3 + slack);
    if (request.filter === "nearest") this.#pick(image, request, offset, free);
    else this.#average(image, request, request.filter, offset, free);
  }

  /** Nearest neighbour: only the source rows that are picked are copied in. */
  #pick(image: PixelImage, request: ResampleRequest, offset: number, free: number): void {
    const { left, top, columns, rows } = request;
    const xs = nearestIndices(image.width, request.width, left, left + columns);
    const ys = nearestIndices(image.height, request.height, top, top + rows);
    const stride = image.width * 3;
    const table = free;
    const row = align(table + columns * 4);
    this.#reserve(row + stride + slack, image);
    new Int32Array(this.#memory.buffer, table, columns).set(xs.map((x) => x * 3));
    for (const [y, sourceRow] of ys.entries()) {
      if (sourceRow !== ys[y - 1]) {
        this.bytes(row, stride).set(image.data.subarray(sourceRow * stride, (sourceRow + 1) * stride));
      }
      this.kernels.gatherPixels(row, offset + y * columns * 3, columns, table);
    }
  }

  /** Two passes with 8-bit pixels between them, along rows first; a direction that does not change is left out. */
  #average(
    image: PixelImage,
    request: ResampleRequest,
    filter: WindowFilter,
    offset: number,
    free: number,
  ): void {
    const { left, top, columns, rows } = request;
    const changesWidth = request.width !== image.width || columns !== image.width;
    const changesHeight = request.height !== image.height || rows !== image.height;
    const across = this.#table(image.width, request.width, filter, left, left + columns);
    const down = this.#table(image.height, request.height, filter, top, top + rows);
    const { first, end } = changesHeight ? down : { first: 0, end: image.height };

    const stride = columns * 3;
    const acrossAt = free;
    const downAt = align(acrossAt + tableBytes(across));
    const narrowAt = changesHeight ? align(downAt + tableBytes(down)) : offset;
    // A window's odd last tap reads one row more, with a coefficient of zero.
    const behind = changesHeight ? narrowAt + (end - first + 1) * stride : downAt;
    const bandAt = align(behind + slack);
    const bandRows = Math.max(1, Math.floor(bandBytes / (image.width * 3)));
    this.#reserve(bandAt + bandRows * image.width * 3 + slack, image);

    if (changesWidth) {
      const windows = this.#writeTable(acrossAt, across, 3, 0);
      for (let y = first; y < end; y += bandRows) {
        const count = Math.min(bandRows, end - y);
        this.#copyRows(image, y, count, bandAt);
        const target = narrowAt + (y - first) * stride;
        this.kernels.resampleRows(
          bandAt,
          target,
          image.width * 3,
          count,
          columns,
          windows,
          acrossAt,
          across.pairs,
        );
      }
    } else {
      this.#copyRows(image, first, end - first, narrowAt);
    }
    if (changesHeight) {
      const windows = this.#writeTable(downAt, down, stride, first);
      this.kernels.resampleColumns(narrowAt, offset, stride, rows, windows, downAt, down.pairs);
    }
  }

  #copyRows(image: PixelImage, first: number, count: number, at: number): void {
    const stride = image.width * 3;
    this.bytes(at, count * stride).set(image.data.subarray(first * stride, (first + count) * stride));
  }

  #table(input: number, output: number, filter: WindowFilter, from: number, to: number): ResampleTable {
    const key = `${input} ${output} ${filter} ${from} ${to}`;
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    const table = resampleTable(input, output, filter, from, to);
    // The oldest goes: a Map keeps the order of insertion.
    if (this.#tables.size >= keptTables) this.#tables.delete(this.#tables.keys().next().value ?? "");
    this.#tables.set(key, table);
    return table;
  }

  /** Writes coefficients and, behind them, the windows as byte offsets; gives the windows' place. */
  #writeTable(at: number, table: ResampleTable, stepBytes: number, origin: number): number {
    new Int16Array(this.#memory.buffer, at, table.taps.length).set(table.taps);
    const windowsAt = at + table.taps.byteLength;
    const windows = new Int32Array(this.#memory.buffer, windowsAt, table.starts.length * 2);
    for (let i = 0; i < table.starts.length; i++) {
      windows[i * 2] = (table.starts[i]! - origin) * stepBytes;
      windows[i * 2 + 1] = table.counts[i]!;
    }
    return windowsAt;
  }

  #reserve(bytes: number, image: PixelImage): void {
    const missing = Math.ceil(bytes / pageBytes) - this.#memory.buffer.byteLength / pageBytes;
    if (missing <= 0) return;
    try {
      this.#memory.grow(missing);
    } catch (cause) {
      throw new PermafrostError(
        "IMAGE_UNREADABLE",
        `image of ${image.width} x ${image.height} pixels: resampling needs ${Math.ceil(bytes / 2 ** 20)} MiB, more than ` +
          "is available. Make the picture smaller.",
        { cause, details: { width: image.width, height: image.height, bytes } },
      );
    }
  }
}

/** Bytes of a table's coefficients and windows. */
function tableBytes(table: ResampleTable): number {
  return table.taps.byteLength + table.starts.length * 8;
}

/** The next multiple of 16, the size of a vector. */
export function align(offset: number): number {
  return Math.ceil(offset / 16) * 16;
}
