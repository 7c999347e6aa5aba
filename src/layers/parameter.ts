import { PermafrostError } from "../base/errors.ts";
import type { Random } from "../base/random.ts";
import { float32, sizeOf, type Tensor } from "../tensor/tensor.ts";
import { type Constraint, type PlacedConstraint, placeConstraint } from "./constraints.ts";
import { type Initializer, initialValues } from "./initializers.ts";
import { inversePermutation, permute } from "./layout.ts";
import { type PlacedRegularizer, placeRegularizer, type Regularizer } from "./regularizers.ts";

/** How the engine holds a weight: Keras's axes reordered, then read with another shape (same number of elements). */
export interface EngineLayout {
  readonly permutation: readonly number[];
  readonly shape: readonly number[];
}

/** What a layer says of a weight before it exists. */
export interface ParameterSpec {
  /** Keras's name of the weight in its layer: "kernel", "gamma". */
  readonly name: string;
  /** Keras's shape: [height, width, in, out], [in, out]. */
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** Left out: the engine holds it as Keras does. */
  readonly engine?: EngineLayout;
  readonly regularizer?: Regularizer;
  /** Its axes are those of Keras's shape. */
  readonly constraint?: Constraint;
  /** False for statistics that are never trained. Default true. */
  readonly trainable?: boolean;
  /** In Keras, whose summaries say how much memory weights take. Default 4. */
  readonly bytesPerValue?: number;
}

/** A weight: its values, and whether training may change them. */
export class Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly engineShape: readonly number[];
  /** Created as something to train (a kernel), not as statistics (a moving mean). Never changes. */
  readonly createdTrainable: boolean;
  /** In Keras; here every value has 4. */
  readonly bytesPerValue: number;
  readonly initializer: Initializer;
  /** What the values in the engine's layout add to the loss. */
  readonly regularizer: PlacedRegularizer | undefined;
  /** What the values in the engine's layout are brought back to after each update. */
  readonly constraint: PlacedConstraint | undefined;
  /** Whether training may change it now; follows its layer's `trainable`. */
  trainable: boolean;
  readonly #permutation: readonly number[] | undefined;
  #value: Float32Array | undefined;
  #firstValues: (() => Random) | undefined;

  constructor(spec: ParameterSpec, trainable: boolean) {
    this.name = spec.name;
    this.shape = spec.shape;
    this.engineShape = spec.engine?.shape ?? spec.shape;
    this.#permutation = spec.engine?.permutation;
    this.createdTrainable = spec.trainable ?? true;
    this.trainable = this.createdTrainable && trainable;
    this.bytesPerValue = spec.bytesPerValue ?? 4;
    this.initializer = spec.initializer;
    this.regularizer =
      spec.regularizer && placeRegularizer(spec.regularizer, spec.name, spec.shape, spec.engine?.permutation);
    this.constraint =
      spec.constraint && placeConstraint(spec.constraint, spec.shape, spec.engine?.permutation);
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** Whether it has values, or knows what to draw them from. */
  get initialized(): boolean {
    return this.#value !== undefined || this.#firstValues !== undefined;
  }

  /**
   * The values in the engine's layout. The array is shared, not copied: training changes it in place.
   *
   * @throws PermafrostError NOT_BUILT before the first values were drawn or set.
   */
  get value(): Float32Array {
    if (this.#value !== undefined) return this.#value;
    if (this.#firstValues !== undefined) {
      const values = initialValues(this.initializer, this.shape, this.#firstValues());
      this.#value = this.#toEngine(values);
      return this.#value;
    }
    throw new PermafrostError(
      "NOT_BUILT",
      `weight ${this.name}: it has no values yet. Put its layer into a model with a known input shape first.`,
    );
  }

  /** Replaces the values (engine layout); the array is kept, not copied, so that it may live in an arena. */
  set value(values: Float32Array) {
    this.#checkSize(values.length);
    this.#value = values;
  }

  /** The values in the engine's layout as a tensor. Shared, not copied. */
  get engineTensor(): Tensor<"float32"> {
    return float32(this.engineShape, this.value);
  }

  /** Says what the first values are drawn from. They are drawn when they are first asked for; set before that, never. */
  initialize(random: () => Random): void {
    this.#firstValues = random;
  }

  /** A copy of the values in Keras's layout. */
  get(): Tensor<"float32"> {
    if (this.#permutation === undefined) return float32(this.shape, this.value.slice());
    const permuted = this.#permutation.map((axis) => this.shape[axis]!);
    return float32(this.shape, permute(this.value, permuted, inversePermutation(this.#permutation)));
  }

  /**
   * Sets the values from Keras's layout (copied).
   *
   * @throws PermafrostError WEIGHTS_INVALID when the shape is another.
   */
  set(tensor: Tensor<"float32">): void {
    if (
      tensor.shape.length !== this.shape.length ||
      tensor.shape.some((size, axis) => size !== this.shape[axis])
    ) {
      throw new PermafrostError(
        "WEIGHTS_INVALID",
        `weight ${this.name}: expected shape [${this.shape.join(", ")}], got [${tensor.shape.join(", ")}].`,
      );
    }
    this.#store(this.#permutation === undefined ? tensor.data.slice() : this.#toEngine(tensor.data));
  }

  /** Sets the values from the engine's layout (copied), as files of PyTorch or ONNX hold them. */
  setEngineLayout(values: Float32Array): void {
    this.#checkSize(values.length);
    this.#store(values.slice());
  }

  #toEngine(values: Float32Array): Float32Array {
    return this.#permutation === undefined ? values : permute(values, this.shape, this.#permutation);
  }

  /** An array already in use (perhaps read in place by the engine) is written to, not replaced. */
  #store(values: Float32Array): void {
    if (this.#value === undefined) this.#value = values;
    else this.#value.set(values);
  }

  #checkSize(length: number): void {
    if (length === this.size) return;
    throw new PermafrostError(
      "WEIGHTS_INVALID",
      `weight ${this.name}: expected ${this.size} values for shape [${this.shape.join(", ")}], got ${length}.`,
    );
  }
}
