import { PermafrostError } from "../../../base/errors.ts";
import { GraphBuilder } from "../../../graph/builder.ts";
import type { Value } from "../../../graph/graph.ts";
import type { PlainGraph, PlainNode } from "../../../onnx/model/plainNodes.ts";
import type { Shape } from "../../../tensor/shape.ts";
import { type Fixed, fixedOf } from "./fixed.ts";
import { ruleOf } from "./index.ts";
import { type Known, onHeads, shortcut, withHeads } from "./knownValue.ts";
import { NodeBuild } from "./nodeRule.ts";

/** Numbers that may be computed with on the way: sizes and masks are far below. */
const mostNumbers = 2 ** 20;

/**
 * The shapes of a graph's values, found by building its nodes as layers are built, without the elements of weights. The walk ends
 * at the first node that our rules do not tell, so values behind it are left out.
 *
 * @param input - The name of the picture, and its shape in the model's order of axes.
 */
export function nodeShapes(
  graph: PlainGraph,
  input: { readonly name: string; readonly shape: Shape },
): ReadonlyMap<string, Shape> {
  const walk = new ShapeWalk(graph, input);
  try {
    for (const node of graph.nodes) walk.add(node);
  } catch (error) {
    // A node that is not told here, or with attributes that fit no rule. ONNX Runtime is asked then, and says what is wrong.
    const isTold =
      error instanceof PermafrostError || error instanceof RangeError || error instanceof TypeError;
    if (!isTold) throw error;
  }
  return walk.shapes;
}

class ShapeWalk {
  readonly shapes = new Map<string, Shape>();
  readonly #graph: PlainGraph;
  readonly #builder = new GraphBuilder();
  readonly #known = new Map<string, Known<Value>>();
  #numbersLeft = mostNumbers;

  constructor(graph: PlainGraph, { name, shape }: { readonly name: string; readonly shape: Shape }) {
    this.#graph = graph;
    this.#known.set(name, this.#placeholder(name, shape));
  }

  add(node: PlainNode): void {
    const inputs = node.inputs.map((name) => (name === "" ? undefined : this.#find(name)));
    const results = shortcut(node, inputs, ({ type }) => type.shape) ?? this.#built(node, inputs);
    for (const [index, name] of node.outputs.entries()) {
      const known = results[index];
      if (known === undefined || name === "") continue;
      this.#known.set(name, known);
      if (known.kind === "computed") this.shapes.set(name, known.tensor.type.shape);
      if (known.kind === "fixed") this.#count(known.fixed);
    }
  }

  #find(name: string): Known<Value> {
    const known = this.#known.get(name) ?? this.#initializer(name);
    if (known === undefined) throw new PermafrostError("NO_GRADIENT", `nothing is known of ${name}`);
    this.#known.set(name, known);
    return known;
  }

  #initializer(name: string): Known<Value> | undefined {
    const shape = this.#graph.unreadShape(name);
    if (shape !== undefined) return this.#placeholder(name, shape);
    const tensor = this.#graph.initializer(name);
    return tensor && { kind: "fixed", fixed: fixedOf(tensor, name) };
  }

  /** A value of which no element is known. */
  #placeholder(name: string, shape: Shape): Known<Value> {
    return {
      kind: "computed",
      tensor: this.#builder.input(name, { dtype: "float32", shape }, { kind: "data" }),
    };
  }

  #built(node: PlainNode, inputs: readonly (Known<Value> | undefined)[]): readonly Known<Value>[] {
    const rule = ruleOf(node);
    if (rule === undefined) throw new PermafrostError("NO_GRADIENT", "this operator has no rule");
    const isMerged = inputs.some((input) => input?.kind === "merged");
    const operands = inputs.map((input) => {
      if (input === undefined || input.kind === "fixed") return input?.fixed;
      const isTaken = isMerged
        ? input.kind === "merged" && onHeads.has(node.opType)
        : input.kind === "computed";
      if (!isTaken || !("tensor" in input))
        throw new PermafrostError("NO_GRADIENT", "the batch and the heads are one axis there");
      return input.tensor;
    });
    const results = rule.build(
      new NodeBuild({
        g: this.#builder,
        node: isMerged ? withHeads(node) : node,
        opset: this.#graph.opset,
        isTraining: false,
        operands,
        update: () => undefined,
      }),
    );
    const values = "source" in results ? [results] : results;
    return values.map((tensor) => ({ kind: isMerged ? "merged" : "computed", tensor }));
  }

  /** A file of a few bytes can ask for any number of numbers. */
  #count({ items }: Fixed): void {
    this.#numbersLeft -= items.length;
    if (this.#numbersLeft < 0) throw new RangeError("more numbers than shapes are computed with");
  }
}
