import { conv2d, dense, dropout, globalAveragePooling2D, multiply, reshape } from "../layers/index.ts";
import type { Initializer } from "../layers/initializers.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import type { Classifier } from "./catalogueApplication.ts";
import { poolingNames } from "./catalogueRecord.ts";
import { halvingMargins } from "./mobileNetParts.ts";
import { torchNormalization } from "./torch/normalization.ts";

/** Of every convolution of both families. */
export const kernelInitializer: Initializer = {
  kind: "varianceScaling",
  scale: 2,
  mode: "fanOut",
  distribution: "truncatedNormal",
};

/** What Keras, torchvision and timm do in different ways. */
export interface Form {
  /** Of every BatchNormalization. */
  readonly normalization: { readonly epsilon: number; readonly momentum: number };
  /** Zeros on all sides alike before a convolution of stride 2, as PyTorch pads; else as TensorFlow does. */
  readonly isEven: boolean;
}

/** timm's own EfficientNets, and torchvision's B0 to B4. */
export const evenForm: Form = { normalization: torchNormalization, isEven: true };

/** Zeros before a convolution of stride 2. */
export function margins(x: SymbolicTensor, kernelSize: number, { isEven }: Form) {
  return isEven ? (kernelSize - 1) / 2 : halvingMargins(x, kernelSize);
}

/** A stage as the table of its family has it. */
export interface Stage {
  readonly kernelSize: number;
  /** Blocks at depth coefficient 1. */
  readonly repeats: number;
  /** Channels at width coefficient 1. */
  readonly filtersIn: number;
  readonly filtersOut: number;
  /** Channels inside a block for each that enters. */
  readonly expansion: number;
  readonly strides: number;
}

/** One block of a network. */
export interface Block extends Omit<Stage, "repeats"> {
  /** "block2a_". */
  readonly prefix: string;
  /** Share of the pictures for which training leaves the block out (Huang et al. 2016). */
  readonly dropRate: number;
}

/** How a family and a variant size their blocks. */
export interface Scaling {
  round(filters: number): number;
  readonly depth: number;
  /** The number that the drop rate's rise to 0.2 is spread over. */
  readonly countedBlocks: number;
}

/** The blocks of a network, in order: the first of a stage widens and halves, the others keep its form. */
export function blocksOf<Row extends Stage>(
  stages: readonly Row[],
  { round, depth, countedBlocks }: Scaling,
): readonly (Omit<Row, "repeats"> & Block)[] {
  let number = 0;
  return stages.flatMap(({ repeats, ...stage }, index) =>
    Array.from({ length: Math.ceil(depth * repeats) }, (_, place) => ({
      ...stage,
      prefix: `${blockName(index, place)}_`,
      filtersIn: round(place === 0 ? stage.filtersIn : stage.filtersOut),
      filtersOut: round(stage.filtersOut),
      strides: place === 0 ? stage.strides : 1,
      dropRate: (0.2 * number++) / countedBlocks,
    })),
  );
}

/** @param index - Of the stage. @param place - In the stage. */
export function blockName(index: number, place: number): string {
  return `block${index + 1}${String.fromCharCode("a".charCodeAt(0) + place)}`;
}

/** Scales each channel by what a small network makes of the channels' means (Hu et al. 2018). */
export function squeezeAndExcite(start: SymbolicTensor, prefix: string, filtersIn: number): SymbolicTensor {
  const channels = Number(start.shape.at(-1));
  const filters = Math.max(1, Math.floor(filtersIn / 4));
  const common = { kernelSize: 1, padding: "same", kernelInitializer } as const;
  let x = globalAveragePooling2D({ name: `${prefix}se_squeeze` }).apply(start);
  x = reshape({ targetShape: [1, 1, channels], name: `${prefix}se_reshape` }).apply(x);
  x = conv2d({ ...common, filters, activation: "swish", name: `${prefix}se_reduce` }).apply(x);
  x = conv2d({ ...common, filters: channels, activation: "sigmoid", name: `${prefix}se_expand` }).apply(x);
  return multiply({ name: `${prefix}se_excite` }).apply([start, x]);
}

/** The classifier of both families. */
export function classifier(
  map: SymbolicTensor,
  { classes, activation }: Classifier,
  rate: number,
): SymbolicTensor {
  const spread = { ...kernelInitializer, scale: 1 / 3, distribution: "uniform" } as const;
  let x = globalAveragePooling2D({ name: poolingNames.avg }).apply(map);
  x = dropout({ rate, name: "top_dropout" }).apply(x);
  return dense({ units: classes, activation, kernelInitializer: spread, name: "predictions" }).apply(x);
}
