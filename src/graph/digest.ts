import { type Digest, digestOf, sha256 } from "../base/digest.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Graph, Node, Source, Value } from "./graph.ts";
import type { OnnxEmitter } from "./operator.ts";
import { loweredNode, nodesBehind, takersOf } from "./values.ts";

/**
 * SHA-256 of what a graph computes: inputs, operations and the bytes of its constants. Names of values, layers and parameters do
 * not enter, nor does the order in which independent nodes were added; the order of inputs and outputs does.
 *
 * What is hashed is the ONNX form of each node. So default attributes and attributes written out give the same digest,
 * and a change in how an operator is computed, which may change bits, gives another.
 */
export function graphDigest(graph: Graph): Digest {
  return new CanonicalForm(graph).digest();
}

/** Numbers values in the order in which the outputs reach them. */
class CanonicalForm implements OnnxEmitter {
  readonly #graph: Graph;
  readonly #takers: ReadonlyMap<Value, readonly Node[]>;
  readonly #lines: unknown[] = [];
  readonly #names = new Map<Value, string>();
  readonly #digests = new Map<Tensor["data"], Digest>();
  #count = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#takers = takersOf(graph);
  }

  digest(): Digest {
    for (const [index, input] of this.#graph.inputs.entries()) {
      this.#names.set(input, `input${index}`);
      this.#lines.push({ input: input.type, role: canonicalRole(input.source) });
    }
    const inputs = new Set(this.#graph.inputs);
    for (const node of nodesBehind(this.#graph.outputs, inputs)) this.#add(node);
    const outputs = this.#graph.outputs.map((output) => this.#nameOf(output));
    return digestOf({ lines: this.#lines, outputs });
  }

  #add(node: Node): void {
    for (const [index, output] of node.outputs.entries())
      if (index === 0 || this.#takers.has(output)) this.#names.set(output, this.temporary());
    node.op.lower(
      this,
      loweredNode(node, this.#takers, (value) => this.#nameOf(value)),
    );
  }

  #nameOf(value: Value): string {
    return value.source.kind === "constant"
      ? this.constant(value.source.tensor)
      : (this.#names.get(value) ?? value.name);
  }

  node(...line: Parameters<OnnxEmitter["node"]>): void {
    this.#lines.push(line);
  }

  temporary(): string {
    return `value${this.#count++}`;
  }

  /** A constant is named by its content. Large ones are used by several nodes at times and hashed once. */
  constant({ dtype, shape, data }: Tensor): string {
    let digest = this.#digests.get(data);
    if (digest === undefined) {
      digest = sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      this.#digests.set(data, digest);
    }
    return `${dtype}[${shape.join()}] ${digest}`;
  }
}

/** What a role means for the result: a parameter's name does not, how random numbers are drawn does. */
function canonicalRole(source: Source): unknown {
  if (source.kind !== "input") return undefined;
  return source.role.kind === "random" ? source.role : source.role.kind;
}
