import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import type { Shape } from "../tensor/shape.ts";
import type { CallContext } from "./context.ts";
import { Layer, type LayerOptions } from "./layer.ts";
import { Parameter, type ParameterSpec } from "./parameter.ts";

/** What a layer kind is told when it adds its computation to a graph. */
export interface CallArguments<Config> {
  readonly g: GraphBuilder;
  readonly context: CallContext;
  /** Values of four axes are [batch, channels, height, width]. */
  readonly inputs: readonly Value[];
  /** The weights by their names. */
  readonly parameters: Readonly<Record<string, Value>>;
  readonly config: Config;
  /** The layer's flag: a frozen BatchNormalization keeps to its moving statistics. */
  readonly trainable: boolean;
  /** Gives a weight of this name another value, without a gradient; see `CallContext.update`. */
  update(name: string, value: Value): void;
}

/** A kind of layer: data plus pure functions. `Config` is plain JSON with every default filled in. */
export interface LayerDefinition<Config> {
  /** The Keras class name. */
  readonly kind: string;
  /** Changes pictures at random in training and is drawn outside of the graph: see models/hoist.ts. Left out: no. */
  readonly isRandomPreprocessing?: true;
  /** Whether it asks for random numbers in training, so that nothing behind it can be stored. Left out: it does not. */
  drawsInTraining?(config: Config): boolean;
  /**
   * The weights for inputs of these shapes (the user's), those to train first. Left out: none.
   *
   * @throws PermafrostError SHAPE_MISMATCH when an input does not fit.
   */
  parameters?(inputs: readonly Shape[], config: Config): readonly ParameterSpec[];
  call(call: CallArguments<Config>): Value;
}

/** Declares a layer kind. */
export function defineLayer<Config>(definition: LayerDefinition<Config>): LayerDefinition<Config> {
  return definition;
}

/** A layer of a declared kind. */
export class DefinedLayer<Config = unknown> extends Layer {
  readonly definition: LayerDefinition<Config>;
  readonly config: Config;
  #parameters: readonly Parameter[] | undefined;

  constructor(definition: LayerDefinition<Config>, config: Config, options: LayerOptions = {}) {
    super(options);
    this.definition = definition;
    this.config = config;
  }

  get kind(): string {
    return this.definition.kind;
  }

  get ownParameters(): readonly Parameter[] {
    return this.#parameters ?? [];
  }

  get innerLayers(): readonly Layer[] {
    return [];
  }

  get built(): boolean {
    return this.#parameters !== undefined;
  }

  build(inputs: readonly Shape[]): void {
    this.#parameters ??= (this.definition.parameters?.(inputs, this.config) ?? []).map(
      (spec) => new Parameter(spec, this.trainable),
    );
  }

  call(context: CallContext, inputs: readonly Value[]): readonly Value[] {
    const { g } = context;
    const parameters = Object.fromEntries(
      this.ownParameters.map((parameter) => [parameter.name, context.parameter(parameter)]),
    );
    const { config, trainable } = this;
    const update = (name: string, value: Value): void => {
      const parameter = this.ownParameters.find((own) => own.name === name);
      if (parameter !== undefined) context.update(parameter, value);
    };
    return [this.definition.call({ g, context, inputs, parameters, config, trainable, update })];
  }
}
