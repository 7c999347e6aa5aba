import type { TensorType } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * What an operator is: how its result is shaped and how it is said in ONNX.
 * Its gradient stands in autodiff/rules, its slow exact form in engine/reference, each under the same name.
 */
export interface Operator<Name extends string = string, Attributes = unknown> {
  readonly name: Name;

  /**
   * The types of the results.
   *
   * @throws PermafrostError SHAPE_MISMATCH or INVALID_ARGUMENT when the inputs do not fit.
   */
  infer(inputs: readonly TensorType[], attributes: Attributes): readonly TensorType[];

  /** Writes the ONNX nodes that compute the results. */
  lower(onnx: OnnxEmitter, node: LoweredNode<Attributes>): void;

  /**
   * Whether a sample's result depends on the other samples of its batch. Such values are never stored.
   * Left out: it does not.
   */
  mixesBatch?(inputs: readonly TensorType[], attributes: Attributes): boolean;

  /**
   * Multiply-adds for one sample, for an operator that does far more than reading what it is given (a convolution, a
   * matrix product). Left out: it costs about as much as reading its inputs.
   */
  multiplyAdds?(inputs: readonly TensorType[], attributes: Attributes): number;

  /**
   * What its ONNX form lays out beside inputs and results, for whoever reckons with memory. Left out: nothing of size.
   */
  workspace?(node: TypedNode<Attributes>): Workspace;

  /**
   * Works on one element (or row) after the other and keeps the shape, as bias, activation and normalization by given
   * statistics do: engines join it to the operator before it, so the two are never cut apart.
   */
  readonly pointwise?: true;

  /** Runs by itself in the engine, so that nothing is joined to it however heavy it is. */
  readonly standsAlone?: true;
}

/** Values that an operator's ONNX form needs in between. */
export interface Workspace {
  /** The most elements a sample that are alive at once while the operator runs, and only then. */
  readonly passing: number;
  /**
   * The first input in another form. ONNX Runtime computes it once for all operators that ask for the same form of the same
   * value, and keeps it from the first of them to the last.
   */
  readonly form?: { readonly name: string; readonly elements: number };
}

/** What is known of a node without names. */
export interface TypedNode<Attributes> {
  readonly inputTypes: readonly TensorType[];
  /** Which inputs are constants of the graph; ONNX Runtime lays out constant filters beforehand. */
  readonly constantInputs: readonly boolean[];
  readonly outputTypes: readonly TensorType[];
  readonly attributes: Attributes;
}

/** What `lower` is told of the node it writes: names of ONNX values, and types. */
export interface LoweredNode<Attributes> extends TypedNode<Attributes> {
  readonly inputs: readonly string[];
  /** Of several results those beside the first that nothing uses have the name "". */
  readonly outputs: readonly string[];
  /** For each input the name of the operator that made it; "" for inputs and constants of the graph. */
  readonly inputOperators: readonly string[];
  /** For each result the names of the operators that take it up. */
  readonly outputOperators: readonly (readonly string[])[];
}

export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] };

/** Takes the ONNX nodes that operators write. */
export interface OnnxEmitter {
  /**
   * Channels in a block of the layout that the engine's convolutions are fastest in, on the machine that will run the model.
   * Left out: not known, or none; such a model runs anywhere.
   */
  readonly channelBlock?: number | undefined;
  /** The most samples that the model will be run with; more would give wrong numbers. Left out: any number. */
  readonly largestBatch?: number | undefined;
  /** One ONNX node. The default domain is ONNX's own; ONNX Runtime's additions live in "com.microsoft". */
  node(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    domain?: string,
  ): void;
  /** A fresh name for a value between two ONNX nodes. */
  temporary(): string;
  /** The name of a constant with this content. */
  constant(tensor: Tensor): string;
}
