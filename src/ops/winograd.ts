import type { OnnxEmitter, Workspace } from "../graph/operator.ts";
import { float32, type Tensor } from "../tensor/tensor.ts";
import { int64s } from "./axes.ts";
import { applyOnnx, reshapeOnnx } from "./emitting.ts";
import type { FilterGradientParts, FilterGradientShape } from "./filterGradientParts.ts";
import type { Pads, Pair } from "./signature.ts";
import type { Window } from "./window.ts";

// Winograd's minimal filtering in the form F(4x4, 3x3) of Lavin and Gray 2015, "Fast Algorithms for Convolutional Neural Networks":
// each tile of 4 x 4 results comes from 36 products instead of 144. Input tiles (6 x 6, two shared with the next) and filters
// are brought to 36 coordinates, where the convolution is a matrix product for each coordinate, and the results are brought back.
// The results differ from those of the plain sum by some 1e-5 of the largest.

/** Input tile to coordinates, along one axis: BT of the paper. */
const fromInput = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
];

/** Filter to coordinates: G of the paper. */
const fromFilter = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
];

/** Coordinates to results: AT of the paper. */
const toResult = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, -2, 0],
  [0, 1, 1, 4, 4, 0],
  [0, 1, -1, 8, -8, 1],
];

type Matrix = readonly (readonly number[])[];

const turned = (matrix: Matrix): Matrix => matrix.map((row) => row.toReversed());
const transposed = (matrix: Matrix): Matrix =>
  matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));

/** The same along both axes: a matrix on flattened tiles. */
function alongBoth(matrix: Matrix): Tensor<"float32"> {
  const rows = matrix.flatMap((a) => matrix.map((b) => a.flatMap((x) => b.map((y) => x * y))));
  return float32([rows.length, rows[0]!.length], Float32Array.from(rows.flat()));
}

const tile = 4;
const coordinates = 36;

/** A convolution without groups: its window, its input's channels and its output's, and the output's rows and columns. */
export interface ConvolutionParts {
  readonly window: Window;
  readonly channels: number;
  readonly filters: number;
  readonly counts: Pair;
}

/**
 * Whether a convolution with fed filters is faster this way. Bringing tiles to coordinates and back costs the same for each
 * channel, what is saved grows with the other side's channels (measured: bench/convolutionGradients.js).
 */
export function isBetterByWinograd(parts: ConvolutionParts): boolean {
  return isWorthTiles(parts, 64);
}

/** The same of the gradient by filters, which brings both sides to coordinates. */
export function isFilterBetterByWinograd(parts: ConvolutionParts): boolean {
  return isWorthTiles(parts, 144);
}

function isWorthTiles({ window, channels, filters, counts }: ConvolutionParts, leastPlaces: number): boolean {
  const isThreeByThree = window.size.every((size) => size === 3);
  const isDense = [...window.strides, ...window.dilations].every((step) => step === 1);
  const [rows, columns] = tilesOf(counts);
  const places = counts[0] * counts[1];
  const computed = rows * columns * tile * tile;
  return (
    isThreeByThree &&
    isDense &&
    channels * filters >= 64 * 128 &&
    places >= leastPlaces &&
    computed <= mostWaste * places
  );
}

/** Tiles reach over the edge: places computed, for each one needed. */
const mostWaste = 1.8;

/**
 * x [N, C, H, W] with filters [K, C, 3, 3] to [N, K, rows, columns].
 *
 * @param filters - Their name; `turned`: [C, K, 3, 3], to be taken with axes swapped and turned around, as the input gradient does.
 */
export function convolutionByWinograd(
  onnx: OnnxEmitter,
  [x, filters]: readonly [x: string, filters: string],
  parts: ConvolutionParts & { readonly imageSize: Pair; readonly pads: Pads; readonly turned?: boolean },
): string {
  const { channels, filters: results, counts } = parts;
  const taps = reshapeOnnx(onnx, filters, parts.turned ? [channels, results, 9] : [results, channels, 9]);
  const byTap = applyOnnx(onnx, "Transpose", [taps], {
    perm: { ints: parts.turned ? [2, 1, 0] : [2, 0, 1] },
  });
  const toCoordinates = alongBoth(parts.turned ? turned(fromFilter) : fromFilter);
  const brought = applyOnnx(onnx, "MatMul", [
    onnx.constant(toCoordinates),
    reshapeOnnx(onnx, byTap, [9, -1]),
  ]);
  const weights = reshapeOnnx(onnx, brought, [coordinates, results, channels]);
  const products = applyOnnx(onnx, "MatMul", [weights, inputTiles(onnx, x, parts)]);
  return joinedTiles(onnx, reshapeOnnx(onnx, products, [coordinates, -1]), results, counts);
}

/** What `convolutionByWinograd` lays out: the input's tiles before and after they are turned around, products, results in tiles. */
export function convolutionWorkspace({
  channels,
  filters,
  counts,
  pads,
}: ConvolutionParts & Pick<Window, "pads">): Workspace {
  const input = coordinates * channels * tileCount(counts);
  const output = (coordinates + tile * tile) * filters * tileCount(counts);
  return { passing: Math.max(input, output), form: { name: formOf(pads, counts), elements: input } };
}

/** What `filterGradientByWinograd` lays out: both sides' tiles before and after they are turned around. */
export function winogradFilterWorkspace(parts: FilterGradientShape): Workspace {
  const { window, shape, counts } = parts;
  const input = coordinates * shape[1]! * tileCount(counts);
  const [from, to] = filterRuns(parts)[0]!;
  const run =
    (to - from) * (2 * coordinates * tileCount(counts) + (to < shape[0]! ? counts[0] * counts[1] : 0));
  return { passing: Math.max(input, run), form: { name: formOf(window.pads, counts), elements: input } };
}

/** Tiles of one value are the same where they begin and end at the same places. */
function formOf(pads: Pads, counts: Pair): string {
  return `tiles ${[...pads.slice(0, 2), ...tilesOf(counts)]}`;
}

function tileCount(counts: Pair): number {
  const [rows, columns] = tilesOf(counts);
  return rows * columns;
}

/** The gradient by filters [K, C, 3, 3]: the products of both sides' coordinates, summed over all tiles. */
export function filterGradientByWinograd(onnx: OnnxEmitter, parts: FilterGradientParts): string {
  const [filters, channels] = parts.shape;
  const { pads } = parts.window;
  const x = inputTiles(onnx, parts.x, { ...parts, channels: channels!, pads });
  const rows = filterRuns(parts).map(([from, to]) => {
    const bounds = [[from], [to], [1]].map((values) => onnx.constant(int64s(values)));
    const run = to - from === filters ? parts.dy : applyOnnx(onnx, "Slice", [parts.dy, ...bounds]);
    const dy = tilesAt(onnx, run, transposed(toResult), {
      channels: to - from,
      imageSize: parts.counts,
      counts: parts.counts,
      pads: [0, 0, 0, 0],
    });
    return applyOnnx(onnx, "FusedMatMul", [dy, x], { transB: { int: 1 } }, "com.microsoft");
  });
  const products = rows.length === 1 ? rows[0]! : applyOnnx(onnx, "Concat", rows, { axis: { int: 1 } });
  const back = onnx.constant(alongBoth(transposed(fromFilter)));
  const byTap = applyOnnx(onnx, "MatMul", [back, reshapeOnnx(onnx, products, [coordinates, -1])]);
  const gradient = reshapeOnnx(onnx, byTap, [3, 3, filters!, channels!]);
  return applyOnnx(onnx, "Transpose", [gradient], { perm: { ints: [2, 3, 0, 1] } });
}

/** Filters that are taken together, from and to: all, or parts where a sample's tiles of all would need much memory. */
function filterRuns({ shape, counts }: FilterGradientShape): readonly (readonly [number, number])[] {
  const filters = shape[0]!;
  const parts = Math.ceil((coordinates * filters * tileCount(counts)) / manyElements);
  const size = Math.ceil(filters / parts);
  return Array.from({ length: Math.ceil(filters / size) }, (_, part) => [
    part * size,
    Math.min((part + 1) * size, filters),
  ]);
}

const manyElements = 2 ** 19;

interface Tiled {
  readonly channels: number;
  readonly imageSize: Pair;
  readonly counts: Pair;
  readonly pads: Pads;
}

/** The coordinates of all input tiles: [36, C, N · tiles]. */
function inputTiles(onnx: OnnxEmitter, x: string, parts: Tiled): string {
  return tilesAt(onnx, x, fromInput, parts);
}

/** Each tile of x [N, C, H, W], as many rows and columns as the matrix has columns, at its coordinates: [36, C, N · tiles]. */
function tilesAt(
  onnx: OnnxEmitter,
  x: string,
  matrix: Matrix,
  { channels, imageSize, counts, pads }: Tiled,
): string {
  const size = matrix[0]!.length;
  const [rows, columns] = tilesOf(counts);
  const [top, left] = pads;
  const rest = [rows, columns].map(
    (tiles, axis) => tiles * tile + size - tile - imageSize[axis]! - pads[axis]!,
  );
  // Each channel by itself, one result for each coordinate.
  const brought = applyOnnx(onnx, "Conv", [x, matrixOfEach(onnx, matrix, channels)], {
    kernel_shape: { ints: [size, size] },
    strides: { ints: [tile, tile] },
    pads: { ints: [top, left, ...rest] },
    group: { int: channels },
  });
  const split = reshapeOnnx(onnx, brought, [-1, channels, coordinates, rows * columns]);
  const byCoordinate = applyOnnx(onnx, "Transpose", [split], { perm: { ints: [2, 1, 0, 3] } });
  return reshapeOnnx(onnx, byCoordinate, [coordinates, channels, -1]);
}

/** Of each emitter, the constants that `matrixOfEach` gave it: megabytes that every layer asks for. */
const matrices = new WeakMap<OnnxEmitter, Map<string, string>>();

/** A matrix as the filters of a convolution of each channel by itself, a filter for each coordinate: [C · 36, 1, size, size]. */
function matrixOfEach(onnx: OnnxEmitter, matrix: Matrix, channels: number): string {
  const size = matrix[0]!.length;
  const given = matrices.get(onnx) ?? new Map<string, string>();
  matrices.set(onnx, given);
  const key = `${channels} times ${size}`;
  const known = given.get(key);
  if (known !== undefined) return known;
  const one = alongBoth(matrix).data;
  const all = new Float32Array(channels * one.length);
  for (let channel = 0; channel < channels; channel++) all.set(one, channel * one.length);
  const name = onnx.constant(float32([channels * coordinates, 1, size, size], all));
  given.set(key, name);
  return name;
}

/** Products [36, K · N · tiles] to results [N, K, rows, columns]: to 4 x 4 each, then columns and rows one behind the other. */
function joinedTiles(onnx: OnnxEmitter, products: string, filters: number, counts: Pair): string {
  const [rows, columns] = tilesOf(counts);
  const results = applyOnnx(onnx, "MatMul", [onnx.constant(alongBoth(toResult)), products]);
  // In two steps, each of which ONNX Runtime does by whole runs of memory.
  const inRows = applyOnnx(onnx, "Transpose", [reshapeOnnx(onnx, results, [tile, tile, -1])], {
    perm: { ints: [0, 2, 1] },
  });
  const apart = reshapeOnnx(onnx, inRows, [tile, filters, -1, rows, tile * columns]);
  const joined = applyOnnx(onnx, "Transpose", [apart], { perm: { ints: [2, 1, 3, 0, 4] } });
  const whole = reshapeOnnx(onnx, joined, [-1, filters, tile * rows, tile * columns]);
  if (counts[0] === tile * rows && counts[1] === tile * columns) return whole;
  const bounds = [[0, 0], counts, [2, 3]].map((values) => onnx.constant(int64s(values)));
  return applyOnnx(onnx, "Slice", [whole, ...bounds]);
}

function tilesOf(counts: Pair): Pair {
  return [Math.ceil(counts[0] / tile), Math.ceil(counts[1] / tile)];
}
