import type { Tensor } from "../../tensor/tensor.ts";
import {
  AttributeProto_AttributeType as AttributeKind,
  type AttributeProto,
  type ModelProto,
  TensorProto_DataLocation,
} from "../gen/onnx_pb.ts";
import { floatTypes, tensorOf } from "./protoTensor.ts";
import { nodesFor } from "./reach.ts";

/** An attribute of a node; what has no plain form (graphs, types) is left out. */
export type PlainAttribute = number | string | readonly number[] | Tensor;

/** A node of a model without protobuf. */
export interface PlainNode {
  readonly opType: string;
  /** "" for ONNX's own operators. */
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, PlainAttribute>;
}

export interface PlainGraph {
  /** What some values need, in order. */
  readonly nodes: readonly PlainNode[];
  /** An initialiser as a tensor; undefined where there is none of this name or its type is not one of ours. */
  initializer(name: string): Tensor | undefined;
  /** The shape of an initialiser whose elements were not read (`readStructure`); undefined for all others. */
  unreadShape(name: string): readonly number[] | undefined;
  /** Number of axes of an initialiser of floats, without reading it; 0 for all else. */
  weightAxes(name: string): number;
  /** Version of ONNX's own operator set. */
  readonly opset: number;
}

/** The nodes that a value needs, and the weights, as plain data. */
export function plainGraph(model: ModelProto, output: string): PlainGraph {
  const graph = model.graph!;
  const initializers = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const version = model.opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version;
  return {
    nodes: nodesFor(graph, [output]).map(({ opType, domain, name, input, output: outputs, attribute }) => ({
      opType,
      domain: domain === "ai.onnx" ? "" : domain,
      name: name || outputs[0]!,
      inputs: input,
      outputs,
      attributes: new Map(
        attribute.flatMap((each) => {
          const plain = plainAttribute(each);
          return plain === undefined ? [] : [[each.name, plain] as const];
        }),
      ),
    })),
    initializer(name) {
      const proto = initializers.get(name);
      return proto && tensorOf(proto);
    },
    unreadShape(name) {
      const proto = initializers.get(name);
      return proto?.dataLocation === TensorProto_DataLocation.EXTERNAL ? proto.dims.map(Number) : undefined;
    },
    weightAxes(name) {
      const proto = initializers.get(name);
      return proto !== undefined && floatTypes.has(proto.dataType) ? proto.dims.length : 0;
    },
    opset: Number(version ?? 1n),
  };
}

function plainAttribute(attribute: AttributeProto): PlainAttribute | undefined {
  switch (attribute.type) {
    case AttributeKind.INT:
      return Number(attribute.i);
    case AttributeKind.FLOAT:
      return attribute.f;
    case AttributeKind.STRING:
      return new TextDecoder().decode(attribute.s);
    case AttributeKind.INTS:
      return attribute.ints.map(Number);
    case AttributeKind.FLOATS:
      return attribute.floats;
    case AttributeKind.TENSOR:
      return attribute.t && tensorOf(attribute.t);
    default:
      return undefined;
  }
}
