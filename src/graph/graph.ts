import type { TensorType } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Operator } from "./operator.ts";

/**
 * What a graph input stands for:
 * - `data`: something fed for each batch (pictures, features);
 * - `target`: what the loss compares with (labels, sample weights);
 * - `parameter`: a weight, the same for every batch;
 * - `random`: numbers drawn anew for each training step.
 */
export type InputRole =
  | { readonly kind: "data" }
  | { readonly kind: "target" }
  | { readonly kind: "parameter"; readonly parameter: string }
  | { readonly kind: "random"; readonly draw: RandomDraw };

/**
 * How random numbers are drawn; `layer` asks for them and is part of the name of their random stream:
 * - `dropout`, inverted: 0 with probability `rate`, else 1 / (1 - rate);
 * - `normal`: around 0.
 * Where there is a `seed`, the stream is the seed's own, whatever the run's is.
 */
export type RandomDraw = { readonly layer: string; readonly seed?: number } & (
  | { readonly kind: "dropout"; readonly rate: number }
  | { readonly kind: "normal"; readonly stddev: number }
);

/** Where a value comes from. */
export type Source =
  | { readonly kind: "input"; readonly role: InputRole }
  | { readonly kind: "constant"; readonly tensor: Tensor }
  | { readonly kind: "node"; readonly node: Node; readonly index: number };

/** One tensor flowing through a graph. Its name is unique there. */
export interface Value {
  readonly name: string;
  readonly type: TensorType;
  readonly source: Source;
}

/** One application of an operator. `scope` is the path of the layer that made it; errors show it. */
export interface Node<Attributes = unknown> {
  readonly op: Operator<string, Attributes>;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
  readonly scope: string;
}

/** A finished computation: nodes stand after the nodes whose values they use. Immutable. */
export interface Graph {
  readonly inputs: readonly Value[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly Value[];
}
