import { create } from "@bufbuild/protobuf";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { importNodes } from "../../src/applications/onnx/nodes/importNodes.ts";
import { importedOperators } from "../../src/applications/onnx/nodes/index.ts";
import { PermafrostError } from "../../src/base/errors.ts";
import { Random } from "../../src/base/random.ts";
import { input } from "../../src/layers/index.ts";
import { toUserShape } from "../../src/layers/layout.ts";
import { Model } from "../../src/models/functional.ts";
import { encodeModel } from "../../src/onnx/encode.ts";
import {
  AttributeProto_AttributeType as AttributeKind,
  type AttributeProto,
  AttributeProtoSchema,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "../../src/onnx/gen/onnx_pb.ts";
import { tensorInfo } from "../../src/onnx/model/adaptModel.ts";
import { plainGraph } from "../../src/onnx/model/plainNodes.ts";
import { writeModel } from "../../src/onnx/model/writeModel.ts";
import { sizeOf } from "../../src/tensor/tensor.ts";
import { inferenceGraph } from "../../src/training/features/inference.ts";

/** A weight: floats of a shape, these very floats, whole numbers; the fed picture, or nothing. */
type Given =
  | "x"
  | "none"
  | { readonly exact: readonly number[] }
  | { readonly floats: readonly number[]; readonly above?: number }
  | { readonly ints: readonly number[] }
  | { readonly number: number };

interface Case {
  readonly inputs: readonly Given[];
  readonly attributes?: Readonly<Record<string, number | string | readonly number[]>>;
  readonly floats?: Readonly<Record<string, number>>;
  readonly shape?: readonly number[];
  readonly outputs?: number;
  readonly opset?: number;
}

const map = [2, 4, 7, 8];
const rows = [2, 5, 6];
const unary: readonly Case[] = [{ inputs: ["x"] }];
const positive: readonly Case[] = [{ inputs: ["x"], shape: [2, 3] }];
const vector = (size: number, above = -1): Given => ({ floats: [size], above });

const cases: Readonly<Record<string, readonly Case[]>> = {
  Abs: unary,
  Add: [{ inputs: ["x", { floats: [4, 1, 1] }] }, { inputs: [{ floats: [8] }, "x"] }],
  AveragePool: [
    { inputs: ["x"], attributes: { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] } },
    { inputs: ["x"], attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 } },
  ],
  BatchNormalization: [
    { inputs: ["x", vector(4), vector(4), vector(4), vector(4, 0.5)], floats: { epsilon: 0.01 } },
  ],
  Cast: [{ inputs: ["x"], attributes: { to: 1 } }],
  Clip: [
    { inputs: ["x", { number: -0.2 }, { number: 0.4 }] },
    { inputs: ["x"], floats: { min: -0.3 }, opset: 10 },
  ],
  Concat: [
    { inputs: ["x", "x"], attributes: { axis: 1 } },
    { inputs: ["x", "x"], attributes: { axis: -1 } },
  ],
  Conv: [
    {
      inputs: ["x", { floats: [6, 2, 3, 3] }, vector(6)],
      attributes: { group: 2, pads: [1, 0, 1, 2], strides: [2, 1] },
    },
    { inputs: ["x", { floats: [3, 4, 3, 2] }], attributes: { dilations: [2, 1] } },
    { inputs: ["x", { floats: [3, 4, 3, 2] }], attributes: { auto_pad: "SAME_UPPER", strides: [2, 2] } },
    { inputs: ["x", { floats: [3, 4, 4, 2] }], attributes: { auto_pad: "SAME_LOWER", strides: [1, 2] } },
    { inputs: ["x", { floats: [3, 4, 4, 2] }], attributes: { auto_pad: "VALID" } },
  ],
  ConvTranspose: [
    {
      inputs: ["x", { floats: [4, 3, 3, 2] }, vector(6)],
      attributes: { group: 2, strides: [2, 3], pads: [1, 0, 0, 1], output_padding: [1, 0] },
    },
    { inputs: ["x", { floats: [4, 3, 2, 2] }], attributes: { strides: [2, 2] } },
    { inputs: ["x", { floats: [4, 3, 3, 3] }], attributes: { dilations: [2, 1], auto_pad: "VALID" } },
  ],
  Div: [{ inputs: ["x", vector(8, 0.5)] }],
  Dropout: unary,
  Elu: [{ inputs: ["x"], floats: { alpha: 0.7 } }],
  Erf: unary,
  Exp: unary,
  Flatten: unary,
  Gather: [
    { inputs: ["x", { number: 0 }], attributes: { axis: 1 }, shape: rows },
    { inputs: ["x", { number: -2 }], attributes: { axis: 2 }, shape: rows },
    { inputs: ["x", { ints: [1, 2, 3] }], attributes: { axis: 1 }, shape: rows },
  ],
  Gelu: [
    { inputs: ["x"], opset: 20 },
    { inputs: ["x"], attributes: { approximate: "tanh" }, opset: 20 },
  ],
  Gemm: [
    {
      inputs: ["x", { floats: [5, 6] }, vector(5)],
      attributes: { transB: 1 },
      floats: { alpha: 0.5, beta: 2 },
      shape: [2, 6],
    },
    { inputs: ["x", { floats: [6, 5] }], shape: [2, 6] },
  ],
  GlobalAveragePool: unary,
  GlobalMaxPool: unary,
  GroupNormalization: [
    { inputs: ["x", vector(2), vector(2)], attributes: { num_groups: 2 }, opset: 18 },
    {
      inputs: ["x", vector(4), vector(4)],
      attributes: { num_groups: 2 },
      floats: { epsilon: 0.01 },
      opset: 21,
    },
  ],
  HardSigmoid: [...unary, { inputs: ["x"], floats: { alpha: 0.3, beta: 0.4 } }],
  HardSwish: unary,
  Identity: unary,
  InstanceNormalization: [{ inputs: ["x", vector(4), vector(4)] }],
  LayerNormalization: [
    { inputs: ["x", vector(6), vector(6)], shape: rows },
    { inputs: ["x", { floats: [5, 6] }], attributes: { axis: 1 }, shape: rows },
  ],
  LeakyRelu: [...unary, { inputs: ["x"], floats: { alpha: 0.3 } }],
  Log: positive,
  LogSoftmax: [{ inputs: ["x"], shape: rows }],
  MatMul: [
    { inputs: ["x", { floats: [6, 3] }], shape: [2, 6] },
    { inputs: ["x", { floats: [6, 3] }], shape: rows },
    { inputs: ["x", "x"], shape: [2, 3, 4, 4] },
  ],
  Max: [{ inputs: ["x", { number: 0.1 }, { number: 0.2 }] }],
  MaxPool: [
    { inputs: ["x"], attributes: { kernel_shape: [2, 3], strides: [2, 2], pads: [0, 1, 1, 1] } },
    { inputs: ["x"], attributes: { kernel_shape: [3, 2], strides: [2, 2], ceil_mode: 1 } },
  ],
  Min: [{ inputs: ["x", { number: 0.1 }] }],
  Mish: [{ inputs: ["x"], opset: 18 }],
  Mul: [{ inputs: ["x", { floats: [4, 1, 1] }] }],
  Neg: unary,
  PRelu: [{ inputs: ["x", { floats: [4, 1, 1] }] }],
  Pad: [
    { inputs: ["x", { ints: [0, 0, 1, 2, 0, 0, 3, 0] }, { number: 0.5 }] },
    { inputs: ["x", { ints: [0, 0, 1, 2, 0, 0, 3, 0] }] },
  ],
  Pow: [2, 3, 1].map((exponent) => ({ inputs: ["x", { number: exponent }] as const })),
  Reciprocal: positive,
  ReduceMax: [{ inputs: ["x"], attributes: { axes: [2, 3], keepdims: 0 } }],
  ReduceMean: [
    { inputs: ["x"], attributes: { axes: [-1] }, shape: rows },
    { inputs: ["x", { ints: [2, 3] }], attributes: { keepdims: 0 }, opset: 18 },
  ],
  ReduceSum: [{ inputs: ["x", { ints: [1] }], shape: rows }],
  Relu: unary,
  Reshape: [
    { inputs: ["x", { ints: [0, -1] }] },
    { inputs: ["x", { ints: [-1, 4, 56] }] },
    { inputs: ["x", { ints: [0, 0, 2, 3] }], shape: rows },
  ],
  Resize: [
    {
      inputs: ["x", "none", { exact: [1, 1, 2, 3] }],
      attributes: { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
    },
    { inputs: ["x", "none", { exact: [1, 1, 2, 2] }], attributes: { mode: "nearest" } },
    { inputs: ["x", "none", "none", { ints: [2, 4, 14, 8] }], attributes: { mode: "linear" } },
    {
      inputs: ["x", "none", { exact: [1, 1, 2, 1.5] }],
      attributes: { mode: "linear", coordinate_transformation_mode: "pytorch_half_pixel" },
    },
  ],
  Selu: unary,
  Sigmoid: unary,
  Slice: [
    { inputs: ["x", { ints: [1, -3] }, { ints: [3, 2 ** 60] }, { ints: [1, -1] }] },
    { inputs: ["x"], attributes: { starts: [1], ends: [-1], axes: [2] }, opset: 9 },
  ],
  Softmax: [
    { inputs: ["x"], shape: rows },
    { inputs: ["x"], attributes: { axis: 2 }, shape: rows, opset: 11 },
  ],
  Softplus: unary,
  Softsign: unary,
  Split: [
    { inputs: ["x"], attributes: { axis: 1 }, outputs: 2 },
    { inputs: ["x", { ints: [1, 3] }], attributes: { axis: 1 }, outputs: 2 },
  ],
  Sqrt: positive,
  Squeeze: [{ inputs: ["x", { ints: [2] }], shape: [2, 3, 1] }],
  Sub: [{ inputs: [{ floats: [8] }, "x"] }],
  Tanh: unary,
  Transpose: [{ inputs: ["x"], attributes: { perm: [0, 2, 3, 1] } }],
  Unsqueeze: [{ inputs: ["x", { ints: [-1] }], shape: rows }],
};

const random = new Random(4, "imported operators");
const floats = (shape: readonly number[], above = -1) =>
  Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(above, 1));
const bytesOf = (data: Float32Array | BigInt64Array) => new Uint8Array(data.buffer);

function attribute(name: string, value: number | string | readonly number[]): AttributeProto {
  if (typeof value === "number")
    return create(AttributeProtoSchema, { name, type: AttributeKind.INT, i: BigInt(value) });
  if (typeof value === "string")
    return create(AttributeProtoSchema, {
      name,
      type: AttributeKind.STRING,
      s: new TextEncoder().encode(value),
    });
  return create(AttributeProtoSchema, { name, type: AttributeKind.INTS, ints: value.map(BigInt) });
}

function initializer(name: string, given: Exclude<Given, string>, opType: string) {
  if ("exact" in given) {
    const rawData = bytesOf(Float32Array.from(given.exact));
    return create(TensorProtoSchema, { name, dataType: 1, dims: [BigInt(given.exact.length)], rawData });
  }
  if ("floats" in given) {
    const dims = given.floats.map(BigInt);
    return create(TensorProtoSchema, {
      name,
      dataType: 1,
      dims,
      rawData: bytesOf(floats(given.floats, given.above)),
    });
  }
  if ("ints" in given) {
    const data = BigInt64Array.from(given.ints, (value) =>
      value > 2 ** 53 ? 2n ** 63n - 1n : BigInt(value),
    );
    return create(TensorProtoSchema, {
      name,
      dataType: 7,
      dims: [BigInt(data.length)],
      rawData: bytesOf(data),
    });
  }
  const isPlace = opType === "Gather";
  const rawData = isPlace
    ? bytesOf(BigInt64Array.of(BigInt(given.number)))
    : bytesOf(Float32Array.of(given.number));
  return create(TensorProtoSchema, { name, dataType: isPlace ? 7 : 1, rawData });
}

function modelOf(
  opType: string,
  { inputs, attributes = {}, floats: numbers = {}, shape = map, outputs = 1, opset = 17 }: Case,
): ModelProto {
  const names = inputs.map((given, place) => {
    if (given === "none") return "";
    return given === "x" ? "x" : `w${place}`;
  });
  const results = Array.from({ length: outputs }, (_, place) => `y${place}`);
  const node = create(NodeProtoSchema, {
    opType,
    input: names,
    output: results,
    attribute: [
      ...Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      ...Object.entries(numbers).map(([name, f]) =>
        create(AttributeProtoSchema, { name, type: AttributeKind.FLOAT, f }),
      ),
    ],
  });
  return create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [create(OperatorSetIdProtoSchema, { version: BigInt(opset) })],
    graph: create(GraphProtoSchema, {
      name: "one",
      node: [node],
      input: [tensorInfo("x", 1, ["batch", ...shape.slice(1)])],
      output: results.map((name) => create(ValueInfoProtoSchema, { name })),
      initializer: inputs.flatMap((given, place) =>
        typeof given === "string" ? [] : [initializer(`w${place}`, given, opType)],
      ),
    }),
  });
}

async function run(
  model: Uint8Array,
  input: string,
  shape: readonly number[],
  data: Float32Array,
  output: string,
) {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const result = (await session.run({ [input]: new OrtTensor("float32", data, shape) }))[output]!;
  return { shape: result.dims, data: result.data as Float32Array };
}

describe("ONNX's operators as layers", () => {
  it("have a case each", () => {
    expect(Object.keys(cases).sort()).toEqual(importedOperators);
  });

  const all = Object.entries(cases).flatMap(([opType, list]) => list.map((one) => [opType, one] as const));
  it.each(all)("%s gives what ONNX Runtime gives: %j", async (opType, one) => {
    const { shape = map, outputs = 1 } = one;
    const model = modelOf(opType, one);
    const data = floats(shape, ["Log", "Sqrt", "Reciprocal"].includes(opType) ? 0.2 : -1);
    const output = `y${outputs - 1}`;
    const x = input({
      shape: toUserShape(["batch", ...shape.slice(1)])
        .slice(1)
        .map(Number),
    });
    const refuse = (_node: unknown, reason: string) => new PermafrostError("NO_GRADIENT", reason);
    const { tensor } = importNodes({
      graph: plainGraph(model, output),
      given: new Map([["x", x]]),
      below: new Map(),
      output,
      refuse,
    });
    const graph = inferenceGraph(new Model({ inputs: x, outputs: tensor }));
    const expected = await run(writeModel(model), "x", shape, data, output);
    const found = await run(encodeModel(graph), graph.inputs[0]!.name, shape, data, graph.outputs[0]!.name);
    expect(found.shape).toEqual(expected.shape);
    for (const [place, value] of expected.data.entries())
      expect.soft(Math.abs(found.data[place]! - value)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
  });
});
