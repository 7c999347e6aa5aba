import { create, toBinary } from "@bufbuild/protobuf";
import type { Graph, Value } from "../graph/graph.ts";
import type { OnnxAttribute, OnnxEmitter } from "../graph/operator.ts";
import { loweredNode, takersOf } from "../graph/values.ts";
import { blockedDomain } from "../ops/blockedConvolution.ts";
import { elementTypeCode } from "../ops/elementType.ts";
import type { TensorType } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ConstantPool } from "./constantPool.ts";
import {
  AttributeProto_AttributeType as AttributeKind,
  type AttributeProto,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  type TypeProto,
  TypeProto_SequenceSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "./gen/onnx_pb.ts";
import { inRunningOrder } from "./runningOrder.ts";
import { shareForms } from "./sharedForms.ts";

/** The operator set that `lower` of every operator is written for, and the file format that came with it. */
const opset = 21;
const irVersion = 10n;

/** The name of the output that `sentinel` adds. */
export const sentinelOutput = "__sentinel";

export interface EncodeOptions {
  /**
   * Adds a first output `__sentinel`, a sequence that holds the first real output. ONNX Runtime's binding for Node refuses
   * sequences after all outputs are computed and before it copies any: so outputs preallocated by the caller are filled
   * and nothing is copied (see engine/). Default false.
   */
  readonly sentinel?: boolean;
  /** See `OnnxEmitter`. Left out: the model runs on any machine. */
  readonly channelBlock?: number | undefined;
  /** See `OnnxEmitter`. Left out: the model takes batches of any size. */
  readonly largestBatch?: number | undefined;
}

/**
 * A graph as an ONNX model (the bytes of a ModelProto). Equal graphs give equal bytes.
 *
 * Inputs and outputs keep the names of their values, and the batch size becomes the symbolic dimension "batch". An output
 * asked for twice appears once. Constants are initializers, equal ones shared.
 */
export function encodeModel(graph: Graph, options: EncodeOptions = {}): Uint8Array<ArrayBuffer> {
  const writer = new GraphWriter(options);
  const takers = takersOf(graph);
  for (const node of graph.nodes) {
    node.op.lower(
      writer,
      loweredNode(node, takers, (value) => writer.nameOf(value)),
    );
  }
  const outputs = [...new Set(graph.outputs)];
  for (const output of outputs) writer.exposeConstant(output);
  const declared = outputs.map((output) => valueInfo(output.name, tensorType(output.type)));
  const first = outputs[0];
  if (options.sentinel && first !== undefined) {
    writer.node("SequenceConstruct", [first.name], [sentinelOutput]);
    declared.unshift(valueInfo(sentinelOutput, sequenceOf(tensorType(first.type))));
  }
  const nodes = inRunningOrder(shareForms(writer.nodes, blockedDomain));
  // An operator may ask for a constant and then not need it.
  const read = new Set(nodes.flatMap((node) => node.input));
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion,
      producerName: "permafrost",
      opsetImport: [...new Set(["", "com.microsoft", ...nodes.map(({ domain }) => domain)])].map((domain) =>
        create(OperatorSetIdProtoSchema, { domain, version: domain === "" ? BigInt(opset) : 1n }),
      ),
      graph: create(GraphProtoSchema, {
        name: "permafrost",
        node: nodes,
        initializer: writer.initializers.filter(({ name }) => read.has(name)),
        input: graph.inputs.map((input) => valueInfo(input.name, tensorType(input.type))),
        output: declared,
      }),
    }),
  );
}

/** Collects nodes and constants. Names of its own begin with "#", which keeps them apart from values' names. */
class GraphWriter implements OnnxEmitter {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly channelBlock: number | undefined;
  readonly largestBatch: number | undefined;
  readonly #constants = new ConstantPool();
  #temporaries = 0;

  constructor({ channelBlock, largestBatch }: EncodeOptions) {
    this.channelBlock = channelBlock;
    this.largestBatch = largestBatch;
  }

  nameOf(value: Value): string {
    return value.source.kind === "constant" ? this.constant(value.source.tensor) : value.name;
  }

  /** An initializer is no output by itself: gives a constant that is asked for a node. */
  exposeConstant(output: Value): void {
    if (output.source.kind === "constant") this.node("Identity", [this.nameOf(output)], [output.name]);
  }

  node(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain = "",
  ): void {
    const attribute = Object.entries(attributes)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => attributeProto(name, value));
    this.nodes.push(
      create(NodeProtoSchema, { opType, domain, attribute, input: [...inputs], output: [...outputs] }),
    );
  }

  temporary(): string {
    return `#${this.#temporaries++}`;
  }

  constant(tensor: Tensor): string {
    const { name, isNew } = this.#constants.add(tensor);
    if (isNew) {
      this.initializers.push(
        create(TensorProtoSchema, {
          name,
          dataType: elementTypeCode[tensor.dtype],
          dims: tensor.shape.map(BigInt),
          rawData: bytesOf(tensor),
        }),
      );
    }
    return name;
  }
}

/** The elements as ONNX stores them: little-endian, which every platform of Node is. */
function bytesOf({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function attributeProto(name: string, value: OnnxAttribute): AttributeProto {
  if ("int" in value)
    return create(AttributeProtoSchema, { name, type: AttributeKind.INT, i: BigInt(value.int) });
  if ("float" in value)
    return create(AttributeProtoSchema, { name, type: AttributeKind.FLOAT, f: value.float });
  if ("ints" in value)
    return create(AttributeProtoSchema, { name, type: AttributeKind.INTS, ints: value.ints.map(BigInt) });
  if ("floats" in value)
    return create(AttributeProtoSchema, { name, type: AttributeKind.FLOATS, floats: [...value.floats] });
  const text = new TextEncoder().encode(value.string);
  return create(AttributeProtoSchema, { name, type: AttributeKind.STRING, s: text });
}

function valueInfo(name: string, type: TypeProto): ValueInfoProto {
  return create(ValueInfoProtoSchema, { name, type });
}

function tensorType({ dtype, shape }: TensorType): TypeProto {
  const dim = shape.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value: size === "batch" ? { case: "dimParam", value: size } : { case: "dimValue", value: BigInt(size) },
    }),
  );
  const value = create(TypeProto_TensorSchema, {
    elemType: elementTypeCode[dtype],
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(TypeProtoSchema, { value: { case: "tensorType", value } });
}

function sequenceOf(elemType: TypeProto): TypeProto {
  const value = create(TypeProto_SequenceSchema, { elemType });
  return create(TypeProtoSchema, { value: { case: "sequenceType", value } });
}
