import { PermafrostError } from "../base/errors.ts";
import { Random } from "../base/random.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { CallContext, type Mode } from "../layers/context.ts";
import { Layer, type LayerCall, type SymbolicTensor } from "../layers/layer.ts";
import { toEngineShape } from "../layers/layout.ts";
import { giveNames } from "../layers/naming.ts";
import type { Parameter } from "../layers/parameter.ts";
import { type Shape, sameShape, showShape } from "../tensor/shape.ts";
import { inputsOfRow } from "./row.ts";
import { renderSummary, type SummaryOptions } from "./summary.ts";
import { type Topology, topologyOf } from "./topology.ts";

export interface ModelOptions {
  readonly inputs: SymbolicTensor | readonly SymbolicTensor[];
  readonly outputs: SymbolicTensor | readonly SymbolicTensor[];
  /** Default "functional". */
  readonly name?: string;
  /** Default true. */
  readonly trainable?: boolean;
  /** What first weights are drawn from, with the model's and the weight's name. Default 0: the same weights on every run. */
  readonly seed?: number;
}

/** A model's computation inside a graph under construction. */
export interface ModelGraph {
  readonly builder: GraphBuilder;
  /** Graph inputs of role `data`; pictures are [batch, channels, height, width]. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** The weights by the names that the graph's inputs of role `parameter` carry. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** What becomes of the weights that the layers themselves change (moving statistics), by the same names. */
  readonly updates: ReadonlyMap<string, Value>;
}

/** A network of layers (Keras's functional `Model`). A model is a layer: it can be part of another one. */
export class Model extends Layer {
  readonly seed: number;
  #topology: Topology | undefined;

  /**
   * @throws PermafrostError GRAPH_INVALID when the outputs cannot be computed from the inputs,
   *   INVALID_ARGUMENT when two layers have the same name.
   */
  constructor(options: ModelOptions) {
    super({
      ...(options.name === undefined ? {} : { name: options.name }),
      ...(options.trainable === undefined ? {} : { trainable: options.trainable }),
    });
    this.seed = options.seed ?? 0;
    const outputs = listOf(options.outputs);
    if (outputs.length > 0) this.connect(listOf(options.inputs), outputs);
  }

  get kind(): string {
    return "Functional";
  }

  get built(): boolean {
    return this.#topology !== undefined;
  }

  get inputs(): readonly SymbolicTensor[] {
    return this.topology.inputs;
  }

  get outputs(): readonly SymbolicTensor[] {
    return this.topology.outputs;
  }

  /** Shape of the only (or first) output, [batch, ...]. */
  get outputShape(): Shape {
    return this.outputs[0]!.shape;
  }

  /** @throws PermafrostError NOT_BUILT before the input shape is known. */
  get topology(): Topology {
    if (this.#topology !== undefined) return this.#topology;
    throw new PermafrostError(
      "NOT_BUILT",
      `${this.name}: the input shape is not known yet. Give the first layer an inputShape, or call build([height, width, channels]).`,
    );
  }

  /** The layers in Keras's order (by depth). */
  get layers(): readonly Layer[] {
    return this.#topology?.layers ?? [];
  }

  get ownParameters(): readonly Parameter[] {
    return [];
  }

  get innerLayers(): readonly Layer[] {
    return this.layers;
  }

  /** The weights by their paths in this model: "dense/kernel", "vgg16/block1_conv1/kernel". */
  namedParameters(): ReadonlyMap<string, Parameter> {
    const named = new Map<string, Parameter>();
    const known = new Set<Parameter>();
    const walk = (layer: Layer, path: string): void => {
      for (const parameter of layer.ownParameters) {
        if (known.has(parameter)) continue;
        known.add(parameter);
        named.set(`${path}${parameter.name}`, parameter);
      }
      if (!(layer instanceof Model) || !layer.built) return;
      for (const call of layer.topology.calls) walk(call.layer, `${path}${call.layer.name}/`);
    };
    walk(this, "");
    return named;
  }

  build(inputs: readonly Shape[]): void {
    const expected = this.inputs.map((input) => input.shape);
    const fits =
      inputs.length === expected.length && inputs.every((shape, i) => sameShape(shape, expected[i]!));
    if (fits) return;
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `${this.name}: expected input ${expected.map(showShape).join(", ")}, got ${inputs.map(showShape).join(", ")}.`,
    );
  }

  call(context: CallContext, inputs: readonly Value[]): readonly Value[] {
    const { topology } = this;
    const values = new Map<SymbolicTensor, Value>();
    for (const [index, input] of topology.inputs.entries()) values.set(input, inputs[index]!);
    for (const call of topology.calls) {
      const results = context.inside(call.layer.name, modeOf(call), () =>
        call.layer.call(
          context,
          call.inputs.map((input) => values.get(input)!),
        ),
      );
      for (const [index, result] of results.entries()) values.set(call.outputs[index]!, result);
    }
    return topology.outputs.map((output) => values.get(output)!);
  }

  /**
   * The model as a graph; further nodes (a loss) can be added to its builder.
   *
   * @param options.mode - "train" has dropout's masks as inputs; "infer" does not.
   * @param options.fedDrawn - Whether the random layers at the front (see models/hoist.ts) are applied before pictures are fed.
   * @param options.joined - Several inputs are parts of one row [batch, numbers], the graph's only data input.
   */
  toGraph(options: {
    readonly mode: Mode;
    readonly builder?: GraphBuilder;
    readonly fedDrawn?: boolean;
    readonly joined?: boolean;
  }): ModelGraph {
    const builder = options.builder ?? new GraphBuilder();
    const context = new CallContext(builder, options.mode, { fedDrawn: options.fedDrawn ?? false });
    const fed = this.inputs.map(({ shape, call }) => ({
      name: call.layer.name,
      shape: toEngineShape(shape),
    }));
    const inputs =
      options.joined && fed.length > 1
        ? inputsOfRow(builder, fed)
        : fed.map(({ name, shape }) => builder.input(name, { dtype: "float32", shape }, { kind: "data" }));
    const outputs = this.call(context, inputs);
    return { builder, inputs, outputs, parameters: context.parameters, updates: context.updates };
  }

  /**
   * A layer by its name or its place in `layers` (negative: from the end).
   *
   * @throws PermafrostError NOT_FOUND that lists the names.
   */
  getLayer(nameOrIndex: string | number): Layer {
    const layer =
      typeof nameOrIndex === "number"
        ? this.layers.at(nameOrIndex)
        : this.layers.find((candidate) => candidate.name === nameOrIndex);
    if (layer !== undefined) return layer;
    throw new PermafrostError(
      "NOT_FOUND",
      `${this.name}: no layer ${JSON.stringify(nameOrIndex)}. Its layers: ${this.layers.map((one) => one.name).join(", ")}.`,
    );
  }

  /** The table of layers that Keras prints. */
  summary(options: SummaryOptions = {}): string {
    return renderSummary(this, this.#topology, options);
  }

  /** Sets inputs and outputs, names the nameless layers, draws first values for weights that have none. */
  protected connect(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]): void {
    const topology = topologyOf(inputs, outputs);
    // In the order of use, as a user who writes the layers down would have them numbered.
    const used = [...inputs.map((input) => input.call), ...topology.calls].map((call) => call.layer);
    giveNames([...new Set(used)], this.name);
    this.#topology = topology;
    for (const [path, parameter] of this.namedParameters()) {
      if (parameter.initialized) continue;
      const seed = "seed" in parameter.initializer ? parameter.initializer.seed : undefined;
      const { name } = this;
      parameter.initialize(() => new Random(seed ?? this.seed, "initial", name, path));
    }
  }

  /** Forgets inputs and outputs. */
  protected disconnect(): void {
    this.#topology = undefined;
  }
}

function modeOf(call: LayerCall): Mode | undefined {
  if (call.training === undefined) return undefined;
  return call.training ? "train" : "infer";
}

function listOf(tensors: SymbolicTensor | readonly SymbolicTensor[]): readonly SymbolicTensor[] {
  return "call" in tensors ? [tensors] : tensors;
}
