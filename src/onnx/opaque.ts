import { type Digest, sha256 } from "../base/digest.ts";
import { PermafrostError } from "../base/errors.ts";
import type { Graph, Node, Value } from "../graph/graph.ts";
import type { Operator } from "../graph/operator.ts";
import { type Shape, sameShape, showType } from "../tensor/shape.ts";

/** What is known of a model without its bytes. */
export interface OpaqueFacts {
  readonly input: string;
  readonly output: string;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** Samples of each run, where the model fixes them or its results depend on them; undefined: any number. */
  readonly samples: number | undefined;
  /** Numbers in its weights. */
  readonly weights: number;
}

/** A whole ONNX model that runs as it is: its own operators, operator sets and control flow. */
export class OpaqueModel {
  /** SHA-256 of the bytes. */
  readonly digest: Digest;
  readonly facts: OpaqueFacts;
  readonly #bytes: Uint8Array<ArrayBuffer>;

  /** @param bytes - A ModelProto with one input and one output, both float32; weights are inside. */
  constructor(bytes: Uint8Array<ArrayBuffer>, facts: OpaqueFacts) {
    this.#bytes = bytes;
    this.digest = sha256(bytes);
    this.facts = facts;
  }

  /** Not a member of its own, so that a printed graph does not show it. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }
}

interface OpaqueAttributes {
  readonly model: OpaqueModel;
}

/**
 * A model as one node of a graph. It has no gradient, so it can only lie below what is trained; the engine runs it as a model of
 * its own before the rest of the graph (see `encodeProgram`). In digests it stands as the digest of its bytes.
 */
export const onnxModel: Operator<"onnxModel", OpaqueAttributes> = {
  name: "onnxModel",
  infer(inputs, { model: { facts } }) {
    const [input] = inputs;
    if (input?.dtype === "float32" && sameShape(input.shape, facts.inputShape))
      return [{ dtype: "float32", shape: facts.outputShape }];
    const expected = showType({ dtype: "float32", shape: facts.inputShape });
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `expected ${expected}, got ${inputs.map(showType).join(", ")}.`,
    );
  },
  lower(onnx, { inputs, outputs, attributes: { model } }) {
    const attributes = { digest: { string: model.digest }, samples: { int: model.facts.samples ?? 0 } };
    onnx.node("Model", inputs, outputs, attributes, "permafrost");
  },
  // Each weight is used at least once.
  multiplyAdds: (_inputs, { model }) => model.facts.weights,
  standsAlone: true,
};

/** The model of a node, if it is one. */
export function opaqueModelOf(node: Node): OpaqueModel | undefined {
  // Only this operator has this name, so the attributes are its own.
  return node.op.name === onnxModel.name ? (node.attributes as OpaqueAttributes).model : undefined;
}

/** The nodes of a graph that are models of their own. */
export function opaqueNodes(graph: Graph): readonly { readonly node: Node; readonly value: Value }[] {
  return graph.nodes
    .filter((node) => opaqueModelOf(node) !== undefined)
    .map((node) => ({ node, value: node.outputs[0]! }));
}
