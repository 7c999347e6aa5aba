import { Random } from "../../src/base/random.ts";
import type { AttributesOf, OperatorName } from "../../src/ops/index.ts";
import type { Shape } from "../../src/tensor/shape.ts";
import { float32, sizeOf, type Tensor, tensor } from "../../src/tensor/tensor.ts";

/** Number of samples that stands for "batch" in the cases. */
const caseBatch = 3;

/** An input: a mere shape (its elements are random, from -2 to 2), a shape with a range, or with given elements. */
export type CaseInput =
  | Shape
  | { readonly shape: Shape; readonly low: number; readonly high: number }
  | { readonly shape: Shape; readonly values: readonly number[]; readonly dtype?: "int64" };

/** One use of an operator. */
export interface OperatorCase<Attributes> {
  readonly inputs: readonly CaseInput[];
  readonly attributes: Attributes;
  /** The operator, or its derivative, jumps here: central differences say nothing about its gradient. */
  readonly jumps?: boolean;
}

const image: Shape = ["batch", 4, 5, 6];
const unary: readonly OperatorCase<object>[] = [{ inputs: [["batch", 4]], attributes: {} }];
const positive: readonly OperatorCase<object>[] = [
  { inputs: [{ shape: ["batch", 4], low: 0.2, high: 3 }], attributes: {} },
];
const binary: readonly OperatorCase<object>[] = [
  {
    inputs: [
      ["batch", 4],
      ["batch", 4],
    ],
    attributes: {},
  },
  { inputs: [["batch", 4], [4]], attributes: {} },
  {
    inputs: [
      [1, 4],
      ["batch", 1],
    ],
    attributes: {},
  },
  { inputs: [[], ["batch", 2]], attributes: {} },
];
const withTies: OperatorCase<object> = {
  inputs: [
    { shape: [4], values: [1, 2, -1, 2] },
    { shape: [4], values: [1, 0, 3, 2] },
  ],
  attributes: {},
};
const reductions = [
  { inputs: [["batch", 2, 3]], attributes: {} },
  { inputs: [["batch", 2, 3]], attributes: { axes: [-1] } },
  { inputs: [["batch", 2, 3]], attributes: { axes: [0], keepDims: true } },
  { inputs: [["batch", 2, 3]], attributes: { axes: [0, 2] } },
  { inputs: [[2, 3]], attributes: { axes: [] } },
] as const;
/** Convolutions of `image` (or another) by filters of some shape, to images of `counts` rows and columns. */
interface ConvolutionCase {
  readonly image?: Shape;
  readonly filters: readonly number[];
  readonly bias?: boolean;
  readonly counts: readonly [number, number];
  readonly attributes: AttributesOf<"conv2d">;
}
const convolutions: readonly ConvolutionCase[] = [
  { filters: [3, 4, 3, 3], counts: [3, 4], attributes: {} },
  { filters: [3, 4, 3, 3], bias: true, counts: [5, 6], attributes: { pads: [1, 1, 1, 1] } },
  { filters: [2, 4, 1, 1], bias: true, counts: [5, 6], attributes: {} },
  { filters: [2, 4, 1, 1], counts: [3, 3], attributes: { strides: [2, 2] } },
  { filters: [2, 4, 3, 3], counts: [3, 3], attributes: { strides: [2, 2], pads: [1, 1, 1, 1] } },
  { filters: [2, 4, 2, 2], counts: [4, 4], attributes: { dilations: [2, 3], pads: [1, 0, 0, 1] } },
  { filters: [2, 4, 1, 1], counts: [7, 8], attributes: { pads: [1, 1, 1, 1] } },
  { filters: [4, 1, 3, 3], counts: [5, 6], attributes: { groups: 4, pads: [1, 1, 1, 1] } },
  { filters: [4, 1, 3, 3], counts: [3, 3], attributes: { groups: 4, strides: [2, 2], pads: [1, 1, 1, 1] } },
  { filters: [4, 1, 2, 2], counts: [2, 2], attributes: { groups: 4, strides: [3, 3] } },
  { filters: [8, 1, 2, 2], counts: [4, 5], attributes: { groups: 4 } },
  // Too large for one product a channel: slices, then a convolution.
  {
    image: [2, 2, 11, 9],
    filters: [2, 1, 3, 3],
    counts: [11, 9],
    attributes: { groups: 2, pads: [1, 1, 1, 1] },
  },
  {
    image: [1, 2, 9, 10],
    filters: [2, 1, 3, 2],
    counts: [5, 8],
    attributes: { groups: 2, pads: [0, 0, 0, 1], dilations: [2, 3] },
  },
  {
    image: [2, 2, 11, 10],
    filters: [2, 1, 3, 3],
    counts: [6, 5],
    attributes: { groups: 2, strides: [2, 2], pads: [1, 0, 1, 1] },
  },
  { image: [1, 1, 15, 14], filters: [1, 1, 5, 5], counts: [15, 14], attributes: { pads: [2, 2, 2, 2] } },
  {
    filters: [4, 1, 3, 2],
    counts: [1, 5],
    attributes: { groups: 4, strides: [2, 1], pads: [1, 0, 0, 1], dilations: [2, 2] },
  },
  {
    image: [2, 5, 4, 3],
    filters: [2, 5, 3, 2],
    counts: [2, 2],
    attributes: { strides: [2, 1], pads: [1, 0, 1, 0] },
  },
  {
    image: [1, 3, 5, 4],
    filters: [2, 3, 3, 3],
    counts: [2, 2],
    attributes: { strides: [3, 2], pads: [1, 0, 2, 1] },
  },
  {
    filters: [4, 2, 2, 3],
    bias: true,
    counts: [7, 3],
    attributes: { groups: 2, strides: [1, 2], pads: [0, 1, 3, 1] },
  },
];

/** Poolings of `image` to images of `counts` rows and columns. */
interface PoolCase {
  readonly counts: readonly [number, number];
  readonly attributes: AttributesOf<"maxPool2d">;
}
const pools: readonly PoolCase[] = [
  { counts: [2, 3], attributes: { size: [2, 2], strides: [2, 2] } },
  { counts: [3, 6], attributes: { size: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] } },
  { counts: [5, 6], attributes: { size: [3, 3], pads: [1, 1, 1, 1] } },
  { counts: [2, 2], attributes: { size: [2, 2], strides: [3, 3] } },
];
const softmaxes = [
  { inputs: [["batch", 4]], attributes: {} },
  { inputs: [["batch", 3, 2]], attributes: { axis: 1 } },
] as const;
const vector = { shape: [4], low: 0.5, high: 2 } as const;

/** Pictures `image` resized to `size`. */
const resizes: readonly AttributesOf<"resize2d">[] = [
  { size: [10, 18], interpolation: "nearest", antialias: false },
  { size: [7, 4], interpolation: "nearest", antialias: false },
  { size: [10, 12], interpolation: "bilinear", antialias: false },
  { size: [3, 11], interpolation: "bilinear", antialias: false },
  { size: [2, 9], interpolation: "bilinear", antialias: true },
  { size: [8, 4], interpolation: "bicubic", antialias: false },
  { size: [2, 13], interpolation: "bicubic", antialias: true },
  { size: [7, 3], interpolation: "lanczos3", antialias: false },
  { size: [1, 8], interpolation: "lanczos5", antialias: true },
];

/** At least one use of every operator; the harnesses for gradients and for ONNX run them all. */
export const operatorCases: {
  readonly [Name in OperatorName]: readonly OperatorCase<AttributesOf<Name>>[];
} = {
  add: binary,
  sub: binary,
  mul: binary,
  div: [{ inputs: [["batch", 4], { shape: [4], low: 0.5, high: 2 }], attributes: {} }],
  maximum: [...binary, { ...withTies, jumps: true }],
  minimum: [...binary, { ...withTies, jumps: true }],
  greater: [...binary, { ...withTies, jumps: true }],
  less: [...binary, { ...withTies, jumps: true }],
  equal: [...binary, { ...withTies, jumps: true }],
  neg: unary,
  abs: unary,
  exp: unary,
  log: positive,
  sqrt: positive,
  square: unary,
  reciprocal: positive,
  relu: unary,
  sigmoid: unary,
  tanh: unary,
  softplus: [...unary, { inputs: [{ shape: [4], values: [-80, -1, 0.5, 80] }], attributes: {} }],
  softsign: unary,
  erf: [...unary, { inputs: [{ shape: [5], values: [-4, -0.01, 0, 1, 6] }], attributes: {} }],
  leakyRelu: [
    { inputs: [["batch", 8]], attributes: { alpha: 0.3 } },
    { inputs: [["batch", 8]], attributes: { alpha: 0 } },
  ],
  elu: [
    { inputs: [["batch", 8]], attributes: { alpha: 1 } },
    { inputs: [["batch", 8]], attributes: { alpha: 0.5 } },
    { inputs: [{ shape: [3], values: [-90, 0.1, 90] }], attributes: { alpha: 2 } },
  ],
  gelu: [...unary, { inputs: [{ shape: [5], values: [-4, -0.01, 0, 1, 6] }], attributes: {} }],
  hardSwish: [...unary, { inputs: [{ shape: ["batch", 8], low: -6, high: 6 }], attributes: {} }],
  hardSigmoid: [
    { inputs: [{ shape: ["batch", 8], low: -6, high: 6 }], attributes: { alpha: 1 / 6, beta: 0.5 } },
    { inputs: [{ shape: ["batch", 8], low: -6, high: 6 }], attributes: { alpha: 0.2, beta: 0.5 } },
  ],
  clip: [
    { inputs: [["batch", 8]], attributes: { min: -0.5, max: 1 } },
    { inputs: [["batch", 8]], attributes: { min: 0 } },
    { inputs: [["batch", 8]], attributes: { max: 0 } },
  ],
  cast: [
    { inputs: [["batch", 4]], attributes: { to: "float32" } },
    { inputs: [["batch", 4]], attributes: { to: "int64" } },
  ],
  where: [
    { inputs: [{ shape: ["batch", 1], values: [1, 0, 1] }, ["batch", 4], [4]], attributes: {} },
    { inputs: [{ shape: [2], values: [0, 1] }, [], ["batch", 2]], attributes: {} },
  ],
  batchMatMul: [
    {
      inputs: [
        ["batch", 3, 2],
        ["batch", 2, 4],
      ],
      attributes: {},
    },
    {
      inputs: [
        ["batch", 2, 3, 2],
        ["batch", 2, 2, 1],
      ],
      attributes: {},
    },
    {
      inputs: [
        ["batch", 3, 2],
        [2, 4],
      ],
      attributes: {},
    },
  ],
  matMul: [
    {
      inputs: [
        ["batch", 3],
        [3, 2],
      ],
      attributes: {},
    },
    {
      inputs: [
        ["batch", 3],
        [2, 3],
      ],
      attributes: { transposeB: true, alpha: 0.5 },
    },
    {
      inputs: [
        ["batch", 3],
        ["batch", 2],
      ],
      attributes: { transposeA: true },
    },
    {
      inputs: [
        [3, 2],
        [4, 3],
      ],
      attributes: { transposeA: true, transposeB: true, alpha: 2 },
    },
  ],
  reduceSum: reductions,
  reduceMean: reductions,
  reduceMax: [
    ...reductions,
    { inputs: [{ shape: [2, 3], values: [1, 3, 3, 0, 4, 0] }], attributes: { axes: [1] } },
  ],
  reshape: [
    { inputs: [["batch", 2, 3]], attributes: { shape: ["batch", 6] } },
    { inputs: [["batch", 4]], attributes: { shape: [1, "batch", 2, 2] } },
    { inputs: [[2, 3]], attributes: { shape: [3, 2] } },
  ],
  transpose: [
    { inputs: [["batch", 2, 3]], attributes: { permutation: [0, 2, 1] } },
    { inputs: [["batch", 2, 3]], attributes: { permutation: [2, 0, 1] } },
  ],
  concat: [
    {
      inputs: [
        ["batch", 2],
        ["batch", 3],
      ],
      attributes: { axis: -1 },
    },
    {
      inputs: [
        [2, 1, 2],
        [2, 2, 2],
        [2, 1, 2],
      ],
      attributes: { axis: 1 },
    },
  ],
  slice: [
    { inputs: [["batch", 5]], attributes: { axis: 1, start: 1, end: 4 } },
    { inputs: [["batch", 3, 2]], attributes: { axis: -1, start: 0, end: 1 } },
  ],
  pad: [
    { inputs: [["batch", 2, 3]], attributes: { before: [0, 1, 0], after: [0, 0, 2] } },
    { inputs: [[2]], attributes: { before: [1], after: [1], value: -3 } },
  ],
  broadcastTo: [
    { inputs: [["batch", 1, 2]], attributes: { shape: ["batch", 3, 2] } },
    { inputs: [[2]], attributes: { shape: [3, 2] } },
  ],
  after: [{ inputs: [["batch", 4, 2], ["batch"]], attributes: {} }],
  broadcastLike: [
    { inputs: [[], ["batch", 2]], attributes: {} },
    {
      inputs: [
        [1, 2],
        ["batch", 2],
      ],
      attributes: {},
    },
  ],
  softmax: softmaxes,
  logSoftmax: softmaxes,
  conv2d: convolutions.map(({ image: x = image, filters, bias, attributes }) => ({
    inputs: [x, filters, ...(bias ? [[filters[0]!]] : [])],
    attributes,
  })),
  conv2dInputGradient: convolutions.map(({ image: x = image, filters, counts, attributes }) => ({
    inputs: [[x[0]!, filters[0]!, ...counts], filters],
    attributes: { ...attributes, inputSize: [Number(x[2]), Number(x[3])] },
  })),
  conv2dFilterGradient: convolutions.map(({ image: x = image, filters, counts, attributes }) => ({
    inputs: [x, [x[0]!, filters[0]!, ...counts]],
    attributes: { ...attributes, filterSize: [filters[2]!, filters[3]!] },
  })),
  maxPool2d: [
    ...pools.map(({ attributes }) => ({ inputs: [image], attributes })),
    {
      inputs: [{ shape: [1, 1, 2, 3], values: [1, 1, 1, 0, 1, 1] }],
      attributes: { size: [2, 2] },
      jumps: true,
    },
  ],
  maxPool2dGradient: [
    {
      inputs: [
        { shape: [2, 1, 2, 2], low: -2, high: 2 },
        { shape: [2, 1, 2, 2], values: [0, 7, 11, 13, 20, 22, 31, 28], dtype: "int64" },
      ],
      attributes: { size: [2, 2], strides: [2, 2], inputSize: [4, 5] },
    },
    {
      inputs: [
        { shape: [1, 2, 2, 1], low: -2, high: 2 },
        { shape: [1, 2, 2, 1], values: [3, 3, 7, 10], dtype: "int64" },
      ],
      attributes: { size: [2, 2], inputSize: [3, 2] },
    },
    {
      inputs: [
        { shape: [1, 1, 2, 2], low: -2, high: 2 },
        { shape: [1, 1, 2, 2], values: [0, 1, 6, 8], dtype: "int64" },
      ],
      attributes: { size: [2, 2], strides: [2, 2], pads: [1, 1, 0, 0], inputSize: [3, 3] },
    },
  ],
  averagePool2d: pools.map(({ attributes }) => ({ inputs: [image], attributes })),
  averagePool2dGradient: pools.map(({ counts, attributes }) => ({
    inputs: [["batch", 4, ...counts]],
    attributes: { ...attributes, inputSize: [5, 6] },
  })),
  globalAveragePool2d: [{ inputs: [image], attributes: {} }],
  batchNormInference: [
    { inputs: [image, vector, [4], [4], vector], attributes: { epsilon: 1e-3 } },
    { inputs: [["batch", 4], vector, [4], [4], vector], attributes: { epsilon: 1e-5 } },
  ],
  batchNormTraining: [
    { inputs: [image, vector, [4]], attributes: { epsilon: 1e-3 } },
    { inputs: [["batch", 4], vector, [4]], attributes: { epsilon: 1e-2 } },
    { inputs: [[1, 3, 3, 1], [3], [3]], attributes: { epsilon: 1e-3 } },
  ],
  batchNormTrainingGradient: [
    { inputs: [image, image, vector, [4], vector], attributes: { epsilon: 1e-3 } },
    { inputs: [["batch", 4], ["batch", 4], vector, [4], vector], attributes: { epsilon: 1e-5 } },
  ],
  resize2d: resizes.map((attributes) => ({ inputs: [image], attributes })),
  resize2dGradient: resizes.map(({ size, ...resampling }) => ({
    inputs: [["batch", 4, ...size] as Shape],
    attributes: { ...resampling, inputSize: [5, 6] },
  })),
  standardize: [
    { inputs: [image], attributes: { axes: [2, 3], epsilon: 1e-3 } },
    { inputs: [image], attributes: { axes: [1], epsilon: 1e-5 } },
    { inputs: [image], attributes: { axes: [1, 2, 3], epsilon: 1e-3 } },
    { inputs: [image], attributes: { axes: [1, 2], epsilon: 1e-3 } },
    { inputs: [image], attributes: { axes: [1, 3], epsilon: 1e-3 } },
    { inputs: [image], attributes: { axes: [0, 2], epsilon: 1e-3 } },
    { inputs: [["batch", 3, 5]], attributes: { axes: [1], epsilon: 0.1 } },
    { inputs: [["batch", 7]], attributes: { axes: [-1], epsilon: 1e-3 } },
    { inputs: [["batch", 3, 5]], attributes: { axes: [2], epsilon: 0.1 } },
    {
      inputs: [{ shape: [1, 4], values: [1000, 1001, 1002, 1004] }],
      attributes: { axes: [1], epsilon: 1e-3 },
    },
  ],
  oneHot: [
    { inputs: [{ shape: ["batch"], values: [2, 0, 1] }], attributes: { depth: 3 } },
    { inputs: [{ shape: [2, 2], values: [2, -1, 4, 0] }], attributes: { depth: 4 } },
  ],
  axisSize: [
    { inputs: [["batch", 4]], attributes: { axis: 0 } },
    { inputs: [["batch", 4]], attributes: { axis: -1 } },
  ],
};

/** The shape of a case's input. */
export function caseShape(input: CaseInput): Shape {
  return "shape" in input ? input.shape : input;
}

/** The tensor of a case's input: its own elements, or random ones that depend on `seed` only. */
export function caseTensor(input: CaseInput, seed: string): Tensor {
  const shape = caseShape(input).map((size) => (size === "batch" ? caseBatch : size));
  const content = "shape" in input ? input : { low: -2, high: 2 };
  if (!("low" in content)) {
    if (content.dtype === "int64") return tensor("int64", shape, BigInt64Array.from(content.values, BigInt));
    return float32(shape, content.values);
  }
  const random = new Random("operator case", seed);
  const draw = () => random.uniform(content.low, content.high);
  return float32(shape, Float32Array.from({ length: sizeOf(shape) }, draw));
}
