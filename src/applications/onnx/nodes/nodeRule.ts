import { PermafrostError } from "../../../base/errors.ts";
import type { GraphBuilder } from "../../../graph/builder.ts";
import type { Value } from "../../../graph/graph.ts";
import type { PlainNode } from "../../../onnx/model/plainNodes.ts";
import type { Shape } from "../../../tensor/shape.ts";
import { scalar } from "../../../tensor/tensor.ts";
import { type Fixed, type Item, numbersOf, tensorOfFixed } from "./fixed.ts";

/** How an ONNX operator is said in ours. */
export interface NodeRule {
  /** Inputs that are weights where they are fixed, by place; "all": each. Left out: none. */
  readonly weights?: readonly number[] | "all";
  /** Of these those that are statistics, which no gradient changes. */
  readonly statistics?: readonly number[];
  /** Adds the node to a graph. Its results in order; those that are left out are not used. */
  build(node: NodeBuild): Value | readonly Value[];
}

/** What a rule is told of the node that it builds. */
export class NodeBuild {
  readonly g: GraphBuilder;
  readonly node: PlainNode;
  readonly opset: number;
  /** Whether batch statistics are to be used and moved: in training, if the layer is not frozen. */
  readonly isTraining: boolean;
  readonly #operands: readonly (Value | Fixed | undefined)[];
  readonly #update: (input: number, value: Value) => void;

  constructor(parts: {
    readonly g: GraphBuilder;
    readonly node: PlainNode;
    readonly opset: number;
    readonly isTraining: boolean;
    readonly operands: readonly (Value | Fixed | undefined)[];
    readonly update: (input: number, value: Value) => void;
  }) {
    this.g = parts.g;
    this.node = parts.node;
    this.opset = parts.opset;
    this.isTraining = parts.isTraining;
    this.#operands = parts.operands;
    this.#update = parts.update;
  }

  get count(): number {
    return this.#operands.length;
  }

  has(place: number): boolean {
    return this.#operands[place] !== undefined;
  }

  /** An input as a value of the graph. */
  value(place: number): Value {
    const operand = this.#operands[place];
    if (operand === undefined) throw this.unsupported(`input ${place} is missing`);
    if (!isFixed(operand)) return operand;
    const tensor = tensorOfFixed(operand);
    if (tensor === undefined) throw this.unsupported(`input ${place} depends on the batch size`);
    return this.g.constant(tensor);
  }

  /** An input that is known now; undefined: it is not given, or is computed from the picture. */
  fixed(place: number): Fixed | undefined {
    const operand = this.#operands[place];
    return operand !== undefined && isFixed(operand) ? operand : undefined;
  }

  /** An input as a list of sizes, in which the batch may stand; or the attribute that older operator sets have in its place. */
  items(place: number, attribute?: string): readonly Item[] | undefined {
    const fixed = this.fixed(place);
    if (fixed !== undefined) return Array.from(fixed.items);
    if (this.has(place)) throw this.unsupported(`input ${place} is computed from the picture`);
    return attribute === undefined ? undefined : this.ints(attribute);
  }

  /** As `items`, numbers alone. */
  numbers(place: number, attribute?: string): readonly number[] | undefined {
    const fixed = this.fixed(place);
    if (fixed === undefined) return this.items(place, attribute)?.map(Number);
    const numbers = numbersOf(fixed);
    if (numbers === undefined) throw this.unsupported(`input ${place} depends on the batch size`);
    return numbers;
  }

  int(name: string, otherwise: number): number {
    const value = this.node.attributes.get(name);
    return typeof value === "number" ? value : otherwise;
  }

  float(name: string, otherwise: number): number {
    return this.int(name, otherwise);
  }

  ints(name: string): readonly number[] | undefined {
    const value = this.node.attributes.get(name);
    return Array.isArray(value) ? (value as readonly number[]) : undefined;
  }

  text(name: string, otherwise: string): string {
    const value = this.node.attributes.get(name);
    return typeof value === "string" ? value : otherwise;
  }

  /** A number as a value. */
  number(value: number): Value {
    return this.g.constant(scalar(value), "number");
  }

  /** Gives a statistic another value in training. */
  update(place: number, value: Value): void {
    this.#update(place, value);
  }

  /** The shape of an input that is computed. */
  shape(place: number): Shape {
    return this.value(place).type.shape;
  }

  unsupported(reason: string): PermafrostError {
    return new PermafrostError("NO_GRADIENT", reason);
  }
}

function isFixed(operand: Value | Fixed): operand is Fixed {
  return "items" in operand;
}
