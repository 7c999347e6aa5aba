import { PermafrostError } from "../base/errors.ts";
import { input } from "../layers/inputLayer.ts";
import type { Layer, SymbolicTensor } from "../layers/layer.ts";
import { giveNames } from "../layers/naming.ts";
import { type Shape, showShape } from "../tensor/shape.ts";
import { Model } from "./functional.ts";

export interface SequentialOptions {
  readonly layers?: readonly Layer[];
  /** Default "sequential". */
  readonly name?: string;
  /** Default true. */
  readonly trainable?: boolean;
  /** See `ModelOptions.seed`. */
  readonly seed?: number;
}

/**
 * Layers one behind the other. The weights exist as soon as the input shape is known: from the first layer's
 * `inputShape`, from a model as first layer, or from `build`.
 */
export class Sequential extends Model {
  readonly #stack: Layer[] = [];

  constructor(options: SequentialOptions = {}) {
    const { layers = [], ...rest } = options;
    super({ ...rest, inputs: [], outputs: [] });
    for (const layer of layers) this.add(layer);
  }

  override get kind(): string {
    return "Sequential";
  }

  /** The layers in their order, without the input. */
  override get layers(): readonly Layer[] {
    return this.#stack;
  }

  /**
   * Puts a layer behind the others.
   *
   * @throws PermafrostError SHAPE_MISMATCH when it does not fit behind them (then nothing is changed),
   *   INVALID_ARGUMENT when its name is taken.
   */
  add(layer: Layer): void {
    if (this.#stack.includes(layer)) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `${this.name}: the layer ${JSON.stringify(layer.name)} is in it already. Use the functional form to share a layer.`,
      );
    }
    giveNames([...this.#stack, layer], this.name);
    if (this.built) {
      const output = layer.apply(this.outputs[0]!);
      this.#stack.push(layer);
      this.connect(this.inputs, [output]);
      return;
    }
    this.#stack.push(layer);
    const shape = sampleShape(this.#stack[0]!);
    if (shape === undefined) return;
    try {
      this.#connectAll(shape);
    } catch (error) {
      this.#stack.pop();
      throw error;
    }
  }

  /**
   * Takes the last layer off.
   *
   * @throws PermafrostError NOT_FOUND when there is none.
   */
  pop(): Layer {
    const layer = this.#stack.pop();
    if (layer === undefined) throw new PermafrostError("NOT_FOUND", `${this.name}: no layer to take off.`);
    if (this.built) {
      if (this.#stack.length === 0) this.disconnect();
      else this.connect(this.inputs, this.outputs[0]!.call.inputs);
    }
    return layer;
  }

  /** Makes the weights for this input. @param shapes - One shape with the batch in front: [["batch", 150, 150, 3]]. */
  override build(shapes: readonly Shape[]): void {
    if (this.built) {
      super.build(shapes);
      return;
    }
    const [shape] = shapes;
    if (shapes.length !== 1 || shape === undefined || this.#stack.length === 0) {
      throw new PermafrostError(
        "NOT_BUILT",
        `${this.name}: a sequential model takes one input and at least one layer, got ${shapes.map(showShape).join(", ")} and ${this.#stack.length} layers.`,
      );
    }
    this.#connectAll(shape.slice(1).map(Number));
  }

  #connectAll(shape: readonly number[]): void {
    const start = input({ shape, name: "input_layer" });
    let last: SymbolicTensor = start;
    for (const layer of this.#stack) last = layer.apply(last);
    this.connect([start], [last]);
  }
}

/** The shape of one sample that a first layer tells. */
function sampleShape(layer: Layer): readonly number[] | undefined {
  if (layer.inputShape !== undefined) return layer.inputShape;
  return layer instanceof Model && layer.built ? layer.inputs[0]!.shape.slice(1).map(Number) : undefined;
}

/**
 * @example
 * const model = sequential();
 * model.add(dense({ units: 256, activation: "relu", inputShape: [8192] }));
 */
export function sequential(options: SequentialOptions = {}): Sequential {
  return new Sequential(options);
}
