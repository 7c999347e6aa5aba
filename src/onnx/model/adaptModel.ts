import { create } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType as AttributeKind,
  AttributeProtoSchema,
  type ModelProto,
  type NodeProto,
  NodeProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "../gen/onnx_pb.ts";
import { cutModel } from "./cutModel.ts";
import { type PictureInput, pictureInput } from "./pictureInput.ts";
import { elementTypes } from "./protoTensor.ts";

/** Names of the input and the output of an adapted model. */
export const adaptedInput = "permafrost/pictures";
export const adaptedOutput = "permafrost/features";

export interface Adaptation {
  /** Of the pictures, in pixels. */
  readonly height: number;
  readonly width: number;
  /** Name of the value that is the output. */
  readonly output: string;
  /** Element type of that value. */
  readonly elementType: number;
  /** Whether the output is a map with its channels last. */
  readonly channelsLast: boolean;
}

/**
 * A model cut at one value and given the form that a frozen prefix has: one input float32 [batch, 3, height, width], one output
 * float32 with channels first. Only casts and transpositions are added, which are the same in all operator sets.
 */
export function adaptModel(model: ModelProto, where: string, adaptation: Adaptation): ModelProto {
  const { output, elementType, channelsLast, height, width } = adaptation;
  const cut = cutModel(model, [output]);
  const graph = cut.graph!;
  const input = pictureInput(graph, [output], where);
  const after: NodeProto[] = [];
  let last = output;
  const append = (node: (from: string, to: string) => NodeProto): void => {
    const to = `${adaptedOutput}/${after.length}`;
    after.push(node(last, to));
    last = to;
  };
  if (elementType !== elementTypes.float32) append((from, to) => cast(from, to, elementTypes.float32));
  if (channelsLast) append((from, to) => transpose(from, to, [0, 3, 1, 2]));
  after.push(create(NodeProtoSchema, { opType: "Identity", input: [last], output: [adaptedOutput] }));
  takePictures(cut, input, { height, width });
  graph.node = [...graph.node, ...after];
  graph.output = [create(ValueInfoProtoSchema, { name: adaptedOutput })];
  return cut;
}

/** Makes a model take pictures as float32 [batch, 3, height, width] under the name `adaptedInput`. */
export function takePictures(
  { graph }: ModelProto,
  input: PictureInput,
  { height, width }: { readonly height: number; readonly width: number },
): void {
  graph!.node = [...entrance(input), ...graph!.node];
  graph!.input = [
    tensorInfo(adaptedInput, elementTypes.float32, [input.samples ?? "batch", 3, height, width]),
  ];
}

function entrance({ name, elementType, layout }: PictureInput): readonly NodeProto[] {
  const between = `${adaptedInput}/cast`;
  const isCast = elementType !== elementTypes.float32;
  const isTurned = layout === "channels last";
  if (!isCast && !isTurned)
    return [create(NodeProtoSchema, { opType: "Identity", input: [adaptedInput], output: [name] })];
  return [
    ...(isCast ? [cast(adaptedInput, isTurned ? between : name, elementType)] : []),
    ...(isTurned ? [transpose(isCast ? between : adaptedInput, name, [0, 2, 3, 1])] : []),
  ];
}

function cast(from: string, to: string, type: number): NodeProto {
  const attribute = create(AttributeProtoSchema, { name: "to", type: AttributeKind.INT, i: BigInt(type) });
  return create(NodeProtoSchema, { opType: "Cast", input: [from], output: [to], attribute: [attribute] });
}

function transpose(from: string, to: string, permutation: readonly number[]): NodeProto {
  const attribute = create(AttributeProtoSchema, {
    name: "perm",
    type: AttributeKind.INTS,
    ints: permutation.map(BigInt),
  });
  return create(NodeProtoSchema, {
    opType: "Transpose",
    input: [from],
    output: [to],
    attribute: [attribute],
  });
}

/** An input or output of a graph with its type. */
export function tensorInfo(
  name: string,
  elemType: number,
  sizes: readonly (number | "batch")[],
): ValueInfoProto {
  const dim = sizes.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value: size === "batch" ? { case: "dimParam", value: size } : { case: "dimValue", value: BigInt(size) },
    }),
  );
  const value = create(TypeProto_TensorSchema, {
    elemType,
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value } }),
  });
}
