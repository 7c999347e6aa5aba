import { messageOf, PermafrostError } from "../base/errors.ts";
import { showType, type TensorType } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Graph, InputRole, Node, Source, Value } from "./graph.ts";
import type { Operator } from "./operator.ts";

/** Puts a graph together, node after node. Types are inferred and checked as each node is added. */
export class GraphBuilder {
  readonly #inputs: Value[] = [];
  readonly #nodes: Node[] = [];
  readonly #names = new Map<string, number>();
  #scope = "";

  /** A value that is fed when the graph runs. */
  input(name: string, type: TensorType, role: InputRole): Value {
    const value = { name: this.#unique(name), type, source: { kind: "input", role } as const };
    this.#inputs.push(value);
    return value;
  }

  /** A value fixed in the graph. */
  constant(tensor: Tensor, name = "constant"): Value {
    const type = { dtype: tensor.dtype, shape: tensor.shape };
    return { name: this.#unique(name), type, source: { kind: "constant", tensor } };
  }

  /** Adds a node and hands back its only (or first) result. */
  apply<A>(op: Operator<string, A>, inputs: readonly Value[], attributes: A): Value {
    return this.applyAll(op, inputs, attributes)[0]!;
  }

  /** Adds a node and hands back all its results. */
  applyAll<A>(op: Operator<string, A>, inputs: readonly Value[], attributes: A): readonly Value[] {
    const types = this.#infer(op, inputs, attributes);
    const outputs: Value[] = [];
    // The rules for each operator are looked up by its name, so a node's own attribute type may be forgotten here.
    const node = { op, inputs, outputs, attributes, scope: this.#scope } as Node;
    const name = this.#scope === "" ? op.name : `${this.#scope}/${op.name}`;
    for (const [index, type] of types.entries()) {
      const source: Source = { kind: "node", node, index };
      outputs.push({ name: this.#unique(name), type, source });
    }
    this.#nodes.push(node);
    return outputs;
  }

  /** Runs `build` with a layer's name added to the path that its nodes and errors carry. */
  scope<R>(name: string, build: () => R): R {
    const outer = this.#scope;
    this.#scope = outer === "" ? name : `${outer}/${name}`;
    try {
      return build();
    } finally {
      this.#scope = outer;
    }
  }

  /** The finished graph: what the outputs need and nothing else, inputs included. */
  build(outputs: readonly Value[]): Graph {
    const needed = new Set<Value>(outputs);
    for (const node of this.#nodes.toReversed()) {
      if (node.outputs.some((output) => needed.has(output)))
        for (const input of node.inputs) needed.add(input);
    }
    return {
      inputs: this.#inputs.filter((input) => needed.has(input)),
      nodes: this.#nodes.filter((node) => node.outputs.some((output) => needed.has(output))),
      outputs: [...outputs],
    };
  }

  #infer<A>(op: Operator<string, A>, inputs: readonly Value[], attributes: A): readonly TensorType[] {
    try {
      return op.infer(
        inputs.map((input) => input.type),
        attributes,
      );
    } catch (error) {
      if (!(error instanceof PermafrostError)) throw error;
      const place = this.#scope === "" ? op.name : `${this.#scope}: ${op.name}`;
      const received = inputs.map((input) => `${input.name} ${showType(input.type)}`).join(", ");
      throw new PermafrostError(error.code, `${place}(${received}): ${messageOf(error)}`, { cause: error });
    }
  }

  #unique(name: string): string {
    const count = this.#names.get(name) ?? 0;
    this.#names.set(name, count + 1);
    if (count === 0) return name;
    return this.#unique(`${name}_${count}`);
  }
}
