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

/** Where the parts of one resampling stand in memory. */
interface Layout {
  readonly result: number;
  readonly across: TablePlace;
  readonly down: TablePlace;
  /** The picture between the two passes. */
  readonly middle: number;
  readonly band: number;
}

/** A table with the place of its coefficients and its windows. */
interface TablePlace {
  readonly table: ResampleTable;
  readonly taps: number;
  readonly windows: number;
}

/** Kernels read and write whole vectors: room behind every array. */
const slack = 16;

/** The source goes through memory in bands of about this size: large pictures need little, and caches are used. */
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

  /** A view of the memory, dead after the next call that needs more memory: take it anew each time. */
  bytes(offset: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, offset, length);
  }

  /** As `bytes`, for `length` floats. */
  floats(offset: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, offset, length);
  }

  /**
   * Resamples a picture into memory.
   *
   * @param offset - Where the [rows, columns, 3] result goes, a multiple of 16; the memory behind it is used too.
   * @throws PermafrostError INVALID_ARGUMENT where this needs more memory than WebAssembly has.
   */
  resample(image: PixelImage, request: ResampleRequest, offset: number): void {
    if (request.filter === "nearest") this.#pick(image, request, offset);
    else this.#average(image, request, request.filter, offset);
  }

  /** Nearest neighbour: only the source rows that are picked are copied in. */
  #pick(image: PixelImage, request: ResampleRequest, result: number): void {
    const { left, top, columns, rows } = request;
    const xs = nearestIndices(image.width, request.width, left, left + columns);
    const ys = nearestIndices(image.height, request.height, top, top + rows);
    const stride = image.width * 3;
    const table = align(result + columns * rows * 3 + slack);
    const row = align(table + columns * 4);
    this.#reserve(row + stride + slack, request);
    new Int32Array(this.#memory.buffer, table, columns).set(xs.map((x) => x * 3));
    for (const [y, sourceRow] of ys.entries()) {
      if (sourceRow !== ys[y - 1]) this.#copyRows(image, sourceRow, sourceRow + 1, row);
      this.kernels.gatherPixels(row, result + y * columns * 3, columns, table);
    }
  }

  /** One pass along rows and one along columns, 8-bit pixels between them; a direction that does not change is left out. */
  #average(image: PixelImage, request: ResampleRequest, filter: WindowFilter, result: number): void {
    const { left, top, columns, rows } = request;
    const across = this.#table(image.width, request.width, filter, left, left + columns);
    const down = this.#table(image.height, request.height, filter, top, top + rows);
    const places = layOut(image, across, down, result);
    this.#reserve(places.end, request);

    const changesWidth = request.width !== image.width || columns !== image.width;
    const changesHeight = request.height !== image.height || rows !== image.height;
    if (!changesWidth && !changesHeight) this.#copyRows(image, 0, image.height, result);
    else if (!changesHeight) this.#acrossImage(image, 0, image.height, places, result);
    else if (!changesWidth) this.#downImage(image, places, result);
    else if (goesDownFirst(image, request)) this.#downThenAcross(image, places);
    else this.#acrossThenDown(image, places);
  }

  #acrossThenDown(image: PixelImage, places: Layout): void {
    const { across, down, middle, result } = places;
    const first = down.table.starts[0]!;
    const rows = down.table.starts.length;
    const stride = across.table.starts.length * 3;
    this.#acrossImage(image, first, down.table.stops[rows - 1]!, places, middle);
    this.#writeTaps(down);
    this.#writeWindows(down, 0, rows, stride, first);
    this.kernels.resampleColumns(middle, result, stride, rows, down.windows, down.taps, down.table.pairs);
  }

  #downThenAcross(image: PixelImage, places: Layout): void {
    const { across, down, middle, result } = places;
    const columns = across.table.starts.length;
    const rows = down.table.starts.length;
    this.#downImage(image, places, middle);
    this.#writeTaps(across);
    this.#writeWindows(across, 0, columns, 3, 0);
    const { windows, taps, table } = across;
    this.kernels.resampleRows(middle, result, image.width * 3, rows, columns, windows, taps, table.pairs);
  }

  /** Source rows `from` to before `to`, band by band. */
  #acrossImage(image: PixelImage, from: number, to: number, places: Layout, target: number): void {
    const { across, band } = places;
    const stride = image.width * 3;
    const columns = across.table.starts.length;
    const bandRows = rowsOfBand(stride);
    this.#writeTaps(across);
    this.#writeWindows(across, 0, columns, 3, 0);
    const { windows, taps, table } = across;
    for (let y = from; y < to; y += bandRows) {
      const rows = Math.min(bandRows, to - y);
      this.#copyRows(image, y, y + rows, band);
      const at = target + (y - from) * columns * 3;
      this.kernels.resampleRows(band, at, stride, rows, columns, windows, taps, table.pairs);
    }
  }

  /** Output rows in groups whose windows together fit into a band. */
  #downImage(image: PixelImage, places: Layout, target: number): void {
    const { band, down } = places;
    const { starts, stops, pairs } = down.table;
    const stride = image.width * 3;
    const bandRows = rowsOfBand(stride);
    this.#writeTaps(down);
    let y = 0;
    while (y < starts.length) {
      const first = starts[y]!;
      let to = y + 1;
      while (to < starts.length && stops[to]! - first <= bandRows) to++;
      this.#copyRows(image, first, stops[to - 1]!, band);
      this.#writeWindows(down, y, to, stride, first);
      const taps = down.taps + y * pairs * 8;
      this.kernels.resampleColumns(band, target + y * stride, stride, to - y, down.windows, taps, pairs);
      y = to;
    }
  }

  #copyRows(image: PixelImage, from: number, to: number, at: number): void {
    const stride = image.width * 3;
    this.bytes(at, (to - from) * stride).set(image.data.subarray(from * stride, to * stride));
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

  #writeTaps({ table, taps }: TablePlace): void {
    new Int16Array(this.#memory.buffer, taps, table.taps.length).set(table.taps);
  }

  /** Windows of the outputs `from` to before `to`, as byte offsets from input index `origin`. */
  #writeWindows(place: TablePlace, from: number, to: number, stepBytes: number, origin: number): void {
    const { starts, counts } = place.table;
    const windows = new Int32Array(this.#memory.buffer, place.windows, (to - from) * 2);
    for (let i = from; i < to; i++) {
      windows[(i - from) * 2] = (starts[i]! - origin) * stepBytes;
      windows[(i - from) * 2 + 1] = counts[i]!;
    }
  }

  #reserve(bytes: number, request: ResampleRequest): void {
    const missing = Math.ceil(bytes / pageBytes) - this.#memory.buffer.byteLength / pageBytes;
    if (missing <= 0) return;
    try {
      this.#memory.grow(missing);
    } catch (cause) {
      const { width, height } = request;
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `resampling to ${width} x ${height} pixels needs ${Math.ceil(bytes / 2 ** 20)} MiB, more than there is. ` +
          "Choose a smaller size.",
        { cause, details: { width, height, bytes } },
      );
    }
  }
}

/**
 * Which pass comes first decides about single levels, as the pixels between the passes are rounded. Pillow 13 goes down the
 * columns first where that direction loses more than twice as many pixels; up to 12.2 it always went along the rows first.
 */
function goesDownFirst(image: PixelImage, request: ResampleRequest): boolean {
  const lostRows = image.height - request.height;
  return lostRows > 0 && lostRows > 2 * (image.width - request.width);
}

/** Source rows in a band. */
function rowsOfBand(stride: number): number {
  return Math.max(1, Math.floor(bandBytes / stride));
}

/** Places for everything that a resampling may need, one behind the other, and the end of it all. */
function layOut(
  image: PixelImage,
  across: ResampleTable,
  down: ResampleTable,
  result: number,
): Layout & { readonly end: number } {
  const columns = across.starts.length;
  const rows = down.starts.length;
  const acrossPlace = placeTable(across, align(result + columns * rows * 3 + slack));
  const downPlace = placeTable(down, acrossPlace.windows + columns * 8);
  const middle = align(downPlace.windows + rows * 8);
  const sourceRows = down.stops[rows - 1]! - down.starts[0]!;
  // A window's odd last tap reads one row more, with a coefficient of zero.
  const middleBytes = Math.max(columns * (sourceRows + 1), image.width * rows) * 3;
  const band = align(middle + middleBytes + slack);
  const longestWindow = down.stops.reduce((most, stop, y) => Math.max(most, stop - down.starts[y]!), 1);
  const stride = image.width * 3;
  const end = band + (Math.max(rowsOfBand(stride), longestWindow) + 1) * stride + slack;
  return { result, across: acrossPlace, down: downPlace, middle, band, end };
}

function placeTable(table: ResampleTable, at: number): TablePlace {
  return { table, taps: at, windows: at + table.taps.byteLength };
}

/** The next multiple of 16, the size of a vector. */
export function align(offset: number): number {
  return Math.ceil(offset / 16) * 16;
}
