import { PermafrostError } from "../base/errors.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { type Shape, sameShape, showShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { CallContext } from "./context.ts";
import { toEngineShape, toUserShape } from "./layout.ts";
import { snakeCase } from "./naming.ts";
import type { Parameter } from "./parameter.ts";

/** A tensor of a network under construction. Its shape is the user's: [batch, height, width, channels]. */
export interface SymbolicTensor {
  readonly shape: Shape;
  /** The call that makes it. */
  readonly call: LayerCall;
  /** Which of the call's outputs it is. */
  readonly index: number;
}

/** One use of a layer in a network. */
export interface LayerCall {
  readonly layer: Layer;
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  /** Fixed by `apply(x, { training })`; left out: as the network is run. */
  readonly training: boolean | undefined;
}

export interface ApplyOptions {
  /** false keeps dropout and BatchNormalization in inference form whatever the network is run for; true the reverse. */
  readonly training?: boolean;
}

/** What every layer's constructor takes. */
export interface LayerOptions {
  /** Left out: Keras's automatic name (`dense`, `dense_1`), given when the layer joins a model. */
  readonly name?: string;
  /** Default true. */
  readonly trainable?: boolean;
  /** For the first layer of a sequential model: the shape of one sample, [height, width, channels]. */
  readonly inputShape?: readonly number[];
}

/** What layers of one kind and whole models have in common. */
export abstract class Layer {
  /** The Keras class name: "Dense". */
  abstract readonly kind: string;
  /** The shape of one sample, if the layer was told one. */
  readonly inputShape: readonly number[] | undefined;
  #name: string | undefined;
  #trainable: boolean;

  constructor(options: LayerOptions) {
    this.#name = options.name;
    this.#trainable = options.trainable ?? true;
    this.inputShape = options.inputShape;
    if (options.name !== undefined && (options.name === "" || options.name.includes("/"))) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `layer name ${JSON.stringify(options.name)}: expected text without "/".`,
      );
    }
  }

  /** The name; before a model has given one, the automatic name without a number. */
  get name(): string {
    return this.#name ?? snakeCase(this.kind);
  }

  get givenName(): string | undefined {
    return this.#name;
  }

  /** Fixes the name; models do this when the layer joins them. */
  rename(name: string): void {
    this.#name = name;
  }

  /** Whether training may change the weights. Takes effect at the next `compile`. */
  get trainable(): boolean {
    return this.#trainable;
  }

  /** Sets the flag of the layer, of its weights created as trainable, and of everything inside it. */
  set trainable(trainable: boolean) {
    this.#trainable = trainable;
    for (const parameter of this.ownParameters) {
      parameter.trainable = trainable && parameter.createdTrainable;
    }
    for (const layer of this.innerLayers) layer.trainable = trainable;
  }

  /** Weights of this layer itself, those created as trainable first. */
  abstract get ownParameters(): readonly Parameter[];

  /** Layers inside this one, in order. Empty but for models. */
  abstract get innerLayers(): readonly Layer[];

  /** Digest of what the layer computes with beside its weights and settings; undefined: nothing. */
  get fixedContent(): string | undefined {
    return undefined;
  }

  abstract get built(): boolean;

  /** Makes the weights for inputs of these shapes (the user's); nothing happens the second time. */
  abstract build(inputs: readonly Shape[]): void;

  /** Adds the layer's computation to a graph. Values of four axes are [batch, channels, height, width]. */
  abstract call(context: CallContext, inputs: readonly Value[]): readonly Value[];

  /** All weights, in Keras's order, each once. The order does not depend on what is frozen. */
  get weights(): readonly Parameter[] {
    return [...new Set([...this.ownParameters, ...this.innerLayers.flatMap((layer) => [...layer.weights])])];
  }

  /** None if the layer itself is frozen; else the weights whose own flag is set (Keras 3's rule). */
  get trainableWeights(): readonly Parameter[] {
    return this.trainable ? this.weights.filter((parameter) => parameter.trainable) : [];
  }

  get nonTrainableWeights(): readonly Parameter[] {
    const trainable = new Set(this.trainableWeights);
    return this.weights.filter((parameter) => !trainable.has(parameter));
  }

  /** Number of single weights. */
  countParams(): number {
    return this.weights.reduce((sum, parameter) => sum + parameter.size, 0);
  }

  /** Copies of all weights, Keras's layout and order. */
  getWeights(): Tensor<"float32">[] {
    return this.weights.map((parameter) => parameter.get());
  }

  /**
   * Sets all weights from Keras's layout and order.
   *
   * @throws PermafrostError WEIGHTS_INVALID when their number or a shape differs; then none is changed.
   */
  setWeights(values: readonly Tensor<"float32">[]): void {
    const weights = this.weights;
    if (values.length !== weights.length) {
      throw new PermafrostError(
        "WEIGHTS_INVALID",
        `${this.name}: expected ${weights.length} weights, got ${values.length}.`,
      );
    }
    for (const [index, parameter] of weights.entries()) {
      const shape = values[index]!.shape;
      if (!sameShape(shape, parameter.shape)) {
        throw new PermafrostError(
          "WEIGHTS_INVALID",
          `${this.name}: weight ${index} (${parameter.name}): expected shape ${showShape(parameter.shape)}, got ${showShape(shape)}.`,
        );
      }
    }
    for (const [index, parameter] of weights.entries()) parameter.set(values[index]!);
  }

  /**
   * Uses the layer in a network.
   *
   * @throws PermafrostError SHAPE_MISMATCH when the inputs do not fit.
   */
  apply(inputs: SymbolicTensor | readonly SymbolicTensor[], options: ApplyOptions = {}): SymbolicTensor {
    return this.applyAll(isTensorList(inputs) ? inputs : [inputs], options)[0]!;
  }

  /** As `apply`, for layers with several results. */
  applyAll(inputs: readonly SymbolicTensor[], options: ApplyOptions = {}): readonly SymbolicTensor[] {
    const shapes = inputs.map((input) => input.shape);
    this.build(shapes);
    const outputs: SymbolicTensor[] = [];
    const call: LayerCall = { layer: this, inputs, outputs, training: options.training };
    for (const [index, shape] of this.outputShapes(shapes).entries()) outputs.push({ shape, call, index });
    return outputs;
  }

  /** Shapes of the results (the user's) for inputs of these shapes: found by building the call on a scratch graph. */
  outputShapes(inputs: readonly Shape[]): readonly Shape[] {
    const context = new CallContext(new GraphBuilder(), "infer");
    const values = inputs.map((shape, index) =>
      context.g.input(`input_${index}`, { dtype: "float32", shape: toEngineShape(shape) }, { kind: "data" }),
    );
    const results = context.inside(this.name, undefined, () => this.call(context, values));
    return results.map((value) => toUserShape(value.type.shape));
  }
}

function isTensorList(
  inputs: SymbolicTensor | readonly SymbolicTensor[],
): inputs is readonly SymbolicTensor[] {
  return Array.isArray(inputs);
}
