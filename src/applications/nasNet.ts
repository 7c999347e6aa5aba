import {
  activation,
  add,
  averagePooling2D,
  batchNormalization,
  concatenate,
  conv2d,
  cropping2D,
  dense,
  globalAveragePooling2D,
  maxPooling2D,
  separableConv2D,
  zeroPadding2D,
} from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import { kerasNetwork } from "./catalogue.ts";
import type { Classifier } from "./catalogueApplication.ts";
import { catalogueRecord, publishedPair } from "./catalogueRecord.ts";
import { halvingMargins } from "./mobileNetParts.ts";

interface Variant {
  readonly size: "Mobile" | "Large";
  readonly pixels: number;
  /** Channels of the stem's convolution. */
  readonly stemFilters: number;
  /** Channels of the first normal cells' parts; they double with each reduction. */
  readonly filters: number;
  /** Normal cells between reductions. */
  readonly cells: number;
  /** The cell behind a reduction takes the reduction's own input as the earlier one. */
  readonly skipsReduction: boolean;
  readonly md5: readonly [top: string, noTop: string];
}

/**
 * NASNet-A Mobile (Zoph et al. 2017), as Keras builds it. Without its classifier the output is
 * [batch, height / 32, width / 32, 1056], rounded up. Inputs: pixels from -1 to 1 (mode "tf").
 */
export const nasNetMobile = nasNet({
  size: "Mobile",
  pixels: 224,
  stemFilters: 32,
  filters: 44,
  cells: 4,
  skipsReduction: false,
  md5: ["020fb642bf7360b370c678b08e0adf61", "1ed92395b5b598bdda52abe5c0dbfd63"],
});

/** NASNet-A Large: as `nasNetMobile`, with 4032 channels, for 331 pixels. */
export const nasNetLarge = nasNet({
  size: "Large",
  pixels: 331,
  stemFilters: 96,
  filters: 168,
  cells: 6,
  skipsReduction: true,
  md5: ["11577c9a518f0070763c2b964a382f17", "d81d89dc07e6e56530c4e77faddd61b5"],
});

function nasNet(variant: Variant) {
  const { size, pixels, cells, md5 } = variant;
  const small = size.toLowerCase();
  const application = catalogueRecord({
    name: `nasNet${size}`,
    commandName: `nasnet_${small}`,
    published: publishedPair({
      folder: "nasnet/",
      licence: "Apache-2.0",
      files: [`NASNet-${small}.h5`, `NASNet-${small}-no-top.h5`],
      digests: md5,
    }),
    defaultSize: pixels,
    scaling: "tf",
    stages: [
      "stem_bn1",
      "reduction_concat_stem_1",
      `normal_concat_${cells - 1}`,
      `normal_concat_${2 * cells}`,
      // Every normal cell has twelve nameless ReLUs, which are numbered.
      `activation_${43 + 36 * cells}`,
    ],
    blocks: ["stem_1", "stem_2", ...cellIds(cells)].map(
      (id, index, ids) => [`cell_${id}`, firstLayer(id, index, ids)] as const,
    ),
  });
  return kerasNetwork(application, () => ({ features: (start) => features(start, variant), top }));
}

/** Suffixes of the cells behind the stem: "0" to "3", "reduce_4", "5", ... */
function cellIds(cells: number): readonly string[] {
  return [0, 1, 2].flatMap((stage) => [
    ...(stage === 0 ? [] : [`reduce_${stage * cells}`]),
    ...Array.from({ length: cells }, (_, place) => normalId(stage, place, cells)),
  ]);
}

/** The numbers go on by one at each reduction. */
function normalId(stage: number, place: number, cells: number): string {
  return String(stage === 0 ? place : stage * cells + place + 1);
}

/** The first layer with weights, or of a way to them, that stands behind the cell before. */
function firstLayer(id: string, index: number, ids: readonly string[]): string {
  if (id === "stem_1" || id.startsWith("reduce")) return `reduction_conv_1_${id}`;
  const halves = id === "stem_2" || id === "0" || ids[index - 1]!.startsWith("reduce");
  return halves ? `adjust_avg_pool_1_${id}` : `adjust_conv_projection_${id}`;
}

function top(map: SymbolicTensor, { classes, activation: act }: Classifier): SymbolicTensor {
  const x = globalAveragePooling2D().apply(map);
  return dense({ units: classes, activation: act, name: "predictions" }).apply(x);
}

/** The outputs of the last cell and of the one before it: each cell takes both. */
interface Pair {
  readonly x: SymbolicTensor;
  readonly earlier: SymbolicTensor | undefined;
}

/** What the cells of one network are made with. */
interface Cell {
  /** Suffix of the cell's layer names. */
  readonly id: string;
  readonly filters: number;
  readonly relu: (x: SymbolicTensor) => SymbolicTensor;
}

function features(start: SymbolicTensor, variant: Variant): SymbolicTensor {
  const { stemFilters, filters, cells, skipsReduction } = variant;
  const relu = countedRelu();
  const stem = { filters: stemFilters, kernelSize: 3, strides: 2, useBias: false, ...kernels } as const;
  const x = conv2d({ ...stem, name: "stem_conv1" }).apply(start);
  let pair: Pair = { x: normalized(x, "stem_bn1"), earlier: undefined };
  pair = reductionCell(pair, { id: "stem_1", filters: Math.floor(filters / 4), relu });
  pair = reductionCell(pair, { id: "stem_2", filters: filters / 2, relu });
  for (const [stage, factor] of [1, 2, 4].entries()) {
    const width = filters * factor;
    if (stage > 0)
      pair = reduced(pair, { id: `reduce_${stage * cells}`, filters: width, relu }, skipsReduction);
    for (let place = 0; place < cells; place++) {
      pair = normalCell(pair, { id: normalId(stage, place, cells), filters: width, relu });
    }
  }
  return relu(pair.x);
}

/** @param skips - The next cell takes what this one took as the earlier, not what it was given. */
function reduced(pair: Pair, cell: Cell, skips: boolean): Pair {
  const next = reductionCell(pair, cell);
  return skips ? { ...next, earlier: pair.earlier } : next;
}

/** Keras numbers its nameless layers in the order in which they are made, which a walk over the network does not follow here. */
function countedRelu(): Cell["relu"] {
  let count = 0;
  return (x) => {
    const name = count === 0 ? "activation" : `activation_${count}`;
    count++;
    return activation({ activation: "relu", name }).apply(x);
  };
}

/** Five sums of pairs of the two inputs, and the earlier input (figure 4 of the paper, left). */
function normalCell({ x: start, earlier }: Pair, cell: Cell): Pair {
  const { id } = cell;
  const p = adjusted(earlier, start, cell);
  const h = pointwise(cell.relu(start), cell, "normal_conv_1", "normal_bn_1");
  const sum = (number: number, a: SymbolicTensor, b: SymbolicTensor) =>
    add({ name: `normal_add_${number}_${id}` }).apply([a, b]);
  const part = (x: SymbolicTensor, size: number, name: string) => separable(x, cell, size, `normal_${name}`);
  const mean = (x: SymbolicTensor, name: string) =>
    averagePooling2D({ ...window, padding: "same", name: `normal_${name}_${id}` }).apply(x);
  const x1 = sum(1, part(h, 5, "left1"), part(p, 3, "right1"));
  const x2 = sum(2, part(p, 5, "left2"), part(p, 3, "right2"));
  const x3 = sum(3, mean(h, "left3"), p);
  const x4 = sum(4, mean(p, "left4"), mean(p, "right4"));
  const x5 = sum(5, part(h, 3, "left5"), h);
  const x = concatenate({ name: `normal_concat_${id}` }).apply([p, x1, x2, x3, x4, x5]);
  return { x, earlier: start };
}

const window = { poolSize: 3, strides: 1 } as const;
const halvingWindow = { poolSize: 3, strides: 2 } as const;

/** As `normalCell`, to half the size (figure 4 of the paper, right). */
function reductionCell({ x: start, earlier }: Pair, cell: Cell): Pair {
  const { id } = cell;
  const p = adjusted(earlier, start, cell);
  const h = pointwise(cell.relu(start), cell, "reduction_conv_1", "reduction_bn_1");
  const padded = zeroPadding2D({ padding: halvingMargins(h, 3), name: `reduction_pad_1_${id}` }).apply(h);
  const half = (x: SymbolicTensor, size: number, name: string) =>
    separable(x, cell, size, `reduction_${name}`, 2);
  const sum = (name: string, a: SymbolicTensor, b: SymbolicTensor) =>
    add({ name: `reduction_${name}_${id}` }).apply([a, b]);
  const most = (name: string) =>
    maxPooling2D({ ...halvingWindow, name: `reduction_${name}_${id}` }).apply(padded);
  const x1 = sum("add_1", half(h, 5, "left1"), half(p, 7, "right1"));
  const x2 = sum("add_2", most("left2"), half(p, 7, "right2"));
  const mean = averagePooling2D({ ...halvingWindow, name: `reduction_left3_${id}` }).apply(padded);
  const x3 = sum("add3", mean, half(p, 5, "right3"));
  const x4 = add().apply([
    x2,
    averagePooling2D({ ...window, padding: "same", name: `reduction_left4_${id}` }).apply(x1),
  ]);
  const x5 = sum("add4", separable(x1, cell, 3, "reduction_left4"), most("right5"));
  const x = concatenate({ name: `reduction_concat_${id}` }).apply([x2, x3, x4, x5]);
  return { x, earlier: start };
}

/** The earlier output in the size and channels of the last one. */
function adjusted(earlier: SymbolicTensor | undefined, x: SymbolicTensor, cell: Cell): SymbolicTensor {
  if (earlier === undefined) return x;
  if (earlier.shape[2] !== x.shape[2]) return halved(earlier, cell);
  if (earlier.shape[3] === cell.filters) return earlier;
  return pointwise(cell.relu(earlier), cell, "adjust_conv_projection", "adjust_bn");
}

/** Half the size: every other pixel, and every other of the pixels between. */
function halved(earlier: SymbolicTensor, { id, filters }: Cell): SymbolicTensor {
  const start = activation({ activation: "relu", name: `adjust_relu_1_${id}` }).apply(earlier);
  const half = Math.floor(filters / 2);
  const path = (x: SymbolicTensor, number: number) => {
    const every = averagePooling2D({ poolSize: 1, strides: 2, name: `adjust_avg_pool_${number}_${id}` });
    const convolution = {
      filters: half,
      kernelSize: 1,
      padding: "same",
      useBias: false,
      ...kernels,
    } as const;
    return conv2d({ ...convolution, name: `adjust_conv_${number}_${id}` }).apply(every.apply(x));
  };
  const first = path(start, 1);
  const longer = zeroPadding2D({
    padding: [
      [0, 1],
      [0, 1],
    ],
  }).apply(start);
  const moved = cropping2D({
    cropping: [
      [1, 0],
      [1, 0],
    ],
  }).apply(longer);
  return normalized(concatenate().apply([first, path(moved, 2)]), `adjust_bn_${id}`);
}

/** Twice ReLU, separable convolution and normalization. */
function separable(
  start: SymbolicTensor,
  { id, filters, relu }: Cell,
  kernelSize: number,
  part: string,
  strides: 1 | 2 = 1,
): SymbolicTensor {
  let x = relu(start);
  if (strides === 2) {
    const padding = halvingMargins(x, kernelSize);
    x = zeroPadding2D({ padding, name: `separable_conv_1_pad_${part}_${id}` }).apply(x);
  }
  const options = { filters, kernelSize, useBias: false } as const;
  const padding = strides === 2 ? "valid" : "same";
  x = separableConv2D({ ...options, strides, padding, name: `separable_conv_1_${part}_${id}` }).apply(x);
  x = relu(normalized(x, `separable_conv_1_bn_${part}_${id}`));
  x = separableConv2D({ ...options, padding: "same", name: `separable_conv_2_${part}_${id}` }).apply(x);
  return normalized(x, `separable_conv_2_bn_${part}_${id}`);
}

function pointwise(x: SymbolicTensor, { id, filters }: Cell, name: string, normal: string): SymbolicTensor {
  const options = { filters, kernelSize: 1, padding: "same", useBias: false, ...kernels } as const;
  return normalized(conv2d({ ...options, name: `${name}_${id}` }).apply(x), `${normal}_${id}`);
}

const kernels = { kernelInitializer: "heNormal" } as const;

function normalized(x: SymbolicTensor, name: string): SymbolicTensor {
  return batchNormalization({ momentum: 0.9997, name }).apply(x);
}
