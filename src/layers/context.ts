import { PermafrostError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Parameter } from "./parameter.ts";

/** "train": dropout drops, BatchNormalization (if not frozen) uses the statistics of its batch. */
export type Mode = "train" | "infer";

/** What layers are called with while a graph is built from them: the builder, the mode, and the weights asked for so far. */
export class CallContext {
  readonly g: GraphBuilder;
  readonly #parameters = new Map<string, Parameter>();
  readonly #values = new Map<Parameter, Value>();
  readonly #updates = new Map<string, Value>();
  readonly #streams = new Map<string, number>();
  readonly #fedDrawn: boolean;
  #path: readonly string[] = [];
  #mode: Mode;

  /** @param options.fedDrawn - Whether the random layers at the front have changed the pictures before they are fed. */
  constructor(g: GraphBuilder, mode: Mode, options: { readonly fedDrawn?: boolean } = {}) {
    this.g = g;
    this.#mode = mode;
    this.#fedDrawn = options.fedDrawn ?? false;
  }

  get mode(): Mode {
    return this.#mode;
  }

  /** Where the graph is being built: "vgg16/block1_conv1". */
  get path(): string {
    return this.#path.join("/");
  }

  /** The weights asked for, by their path in the outermost model: "dense/kernel", "vgg16/block1_conv1/kernel". */
  get parameters(): ReadonlyMap<string, Parameter> {
    return this.#parameters;
  }

  /** What becomes of weights that a layer changed, by path: the value that each has after the last call. */
  get updates(): ReadonlyMap<string, Value> {
    return this.#updates;
  }

  /**
   * The weight: a graph input, or what `update` made of it. A weight asked for twice (a shared layer) is one input.
   */
  parameter(parameter: Parameter): Value {
    const known = this.#values.get(parameter);
    if (known !== undefined) return known;
    const path = [...this.#path, parameter.name].join("/");
    const type = { dtype: "float32", shape: parameter.engineShape } as const;
    const value = this.g.input(path, type, { kind: "parameter", parameter: path });
    this.#values.set(parameter, value);
    this.#parameters.set(path, parameter);
    return value;
  }

  /**
   * Gives a weight another value without a gradient (moving statistics). From here on the weight is this value, so the
   * second call of a shared layer goes on from the first; training keeps the last one.
   */
  update(parameter: Parameter, value: Value): void {
    const path = [...this.#parameters].find(([, known]) => known === parameter)?.[0];
    if (path === undefined)
      throw new PermafrostError("INTERNAL", `internal: ${parameter.name} is updated before it is used.`);
    this.#values.set(parameter, value);
    this.#updates.set(path, value);
  }

  /**
   * A graph input that holds 0 with probability `rate` and 1 / (1 - rate) otherwise, drawn anew for each step.
   *
   * @param rate - 0 <= rate < 1.
   * @param seed - The layer's own; null: numbers follow from the run's seed and the layer's place.
   */
  dropoutMask(shape: Shape, rate: number, seed: number | null): Value {
    return this.#drawn("mask", shape, seed, { kind: "dropout", rate });
  }

  /** A graph input of normal numbers around 0, drawn anew for each step. */
  normalNoise(shape: Shape, stddev: number, seed: number | null): Value {
    return this.#drawn("noise", shape, seed, { kind: "normal", stddev });
  }

  /**
   * What a random preprocessing layer makes of its input in training: nothing more, where views are drawn before they
   * are fed.
   *
   * @throws PermafrostError INVALID_ARGUMENT anywhere else: random numbers for pictures are not drawn inside a graph.
   */
  drawnPicture(x: Value): Value {
    const isFed = x.source.kind === "input" && x.source.role.kind === "data";
    if (isFed && this.#fedDrawn) return x;
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${this.#path.join("/")}: ${isFed ? "its draws are made before pictures are fed, which this way of training does not do" : "a random preprocessing layer can be trained with only at the front of a model, where it becomes part of each view's draw"}. ` +
        "Put it right behind the input, or call it with apply(x, { training: false }).",
    );
  }

  /** Calls one layer: its name joins the path, and its own mode, if it was given one, holds inside. */
  inside<R>(name: string, mode: Mode | undefined, call: () => R): R {
    const outerPath = this.#path;
    const outerMode = this.#mode;
    this.#path = [...outerPath, name];
    this.#mode = mode ?? outerMode;
    try {
      return this.g.scope(name, call);
    } finally {
      this.#path = outerPath;
      this.#mode = outerMode;
    }
  }

  #drawn(
    what: string,
    shape: Shape,
    seed: number | null,
    how:
      | { readonly kind: "dropout"; readonly rate: number }
      | { readonly kind: "normal"; readonly stddev: number },
  ): Value {
    const { path } = this;
    const call = this.#streams.get(path) ?? 0;
    this.#streams.set(path, call + 1);
    // A layer called twice in one graph draws from two streams.
    const again = call === 0 ? "" : `#${call}`;
    // One with a seed of its own draws the same wherever it stands.
    const stream = seed === null ? { layer: `${path}${again}` } : { layer: again, seed };
    const role = { kind: "random", draw: { ...how, ...stream } } as const;
    return this.g.input(`${path}${again}/${what}`, { dtype: "float32", shape }, role);
  }
}
