import { gradients } from "../../autodiff/gradients.ts";
import type { Graph, Value } from "../../graph/graph.ts";
import { DefinedLayer } from "../../layers/definition.ts";
import type { Layer, SymbolicTensor } from "../../layers/layer.ts";
import { operators } from "../../ops/index.ts";
import { showShape } from "../../tensor/shape.ts";
import { splitFrozen } from "../cut.ts";
import { Model } from "../functional.ts";
import type { Diagram, DiagramEdge, DiagramNode, DiagramState } from "./diagram.ts";

export interface DiagramOptions {
  /** Draw what a training step runs: the loss and the gradients behind it. Default false: predicting. */
  readonly training?: boolean;
}

/** The layers of a model, models inside it taken apart, and what training makes of each. */
export function modelDiagram(model: Model, options: DiagramOptions = {}): Diagram {
  const { builder, outputs } = model.toGraph({ mode: "train", fedDrawn: true });
  const forward = builder.build(outputs);
  const isTrained = trainedPaths(model);
  const split = splitFrozen(forward, (path) => isTrained.has(path));
  const drawing = new Drawing(forward, split.prefix, isTrained);
  drawing.model(model);
  const behind = options.training === true ? withGradients(drawing.diagram) : drawing.diagram;
  return { title: model.name, cut: split.reason, ...behind };
}

/**
 * The operators of a model: as it predicts, or in training with the gradients of a loss, which is here the sum of the
 * outputs and stands for any other.
 */
export function operatorGraph(model: Model, { training = false }: DiagramOptions = {}): Graph {
  const { builder: g, outputs } = model.toGraph({ mode: training ? "train" : "infer", fedDrawn: true });
  if (!training) return g.build(outputs);
  const trained = trainedPaths(model);
  const targets = g
    .build(outputs)
    .inputs.filter(
      ({ source }) =>
        source.kind === "input" && source.role.kind === "parameter" && trained.has(source.role.parameter),
    );
  const loss = g.scope("loss", () => {
    const sums = outputs.map((output) => g.apply(operators.reduceSum, [output], {}));
    return sums.reduce((sum, term) => g.apply(operators.add, [sum, term], {}));
  });
  return g.build([...new Set([loss, ...gradients(g, loss, targets)])]);
}

function trainedPaths(model: Model): ReadonlySet<string> {
  const trainable = new Set(model.trainableWeights);
  return new Set([...model.namedParameters()].flatMap(([path, one]) => (trainable.has(one) ? [path] : [])));
}

/** Collects nodes and edges while it walks through a model and the models inside it. */
class Drawing {
  readonly #nodes: DiagramNode[] = [];
  readonly #edges: DiagramEdge[] = [];
  readonly #isTrained: ReadonlySet<string>;
  readonly #scopes: ReadonlyMap<string, readonly Value[]>;
  /** Names of the values before the cut. */
  readonly #stored: ReadonlySet<string>;
  readonly #hasPrefix: boolean;

  constructor(forward: Graph, prefix: Graph | undefined, isTrained: ReadonlySet<string>) {
    this.#isTrained = isTrained;
    this.#scopes = valuesByScope(forward);
    this.#hasPrefix = prefix !== undefined;
    const outputs = prefix?.nodes.flatMap((node) => node.outputs) ?? [];
    this.#stored = new Set(outputs.map(({ name }) => name));
  }

  get diagram(): Pick<Diagram, "nodes" | "edges"> {
    return { nodes: this.#nodes, edges: this.#edges };
  }

  model(model: Model): void {
    const inputs = model.inputs.map(({ shape, call }) =>
      this.#add({
        name: call.layer.name,
        kind: "InputLayer",
        state: "input",
        shape: showShape(shape),
        parameters: 0,
        trainedParameters: 0,
        isStored: this.#hasPrefix,
      }),
    );
    this.#walk(model, "", inputs);
  }

  /** @returns The places of the nodes that give the outputs. */
  #walk(model: Model, path: string, inputs: readonly number[]): readonly number[] {
    const { topology } = model;
    const places = new Map<SymbolicTensor, number>();
    for (const [index, input] of topology.inputs.entries()) places.set(input, inputs[index]!);
    for (const call of topology.calls) {
      const from = call.inputs.map((input) => places.get(input)!);
      const name = `${path}${call.layer.name}`;
      const made =
        call.layer instanceof Model
          ? this.#walk(call.layer, `${name}/`, from)
          : [this.#layer(call.layer, name, showShape(call.outputs[0]!.shape), from)];
      for (const [index, output] of call.outputs.entries()) places.set(output, made[index] ?? made[0]!);
    }
    return topology.outputs.map((output) => places.get(output)!);
  }

  #layer(layer: Layer, name: string, shape: string, from: readonly number[]): number {
    const sources = [...new Set(from)];
    const values = this.#scopes.get(name) ?? [];
    // A layer without operators of its own (dropout that rests) lies where its inputs lie.
    const isStored =
      values.length === 0
        ? sources.every((source) => this.#nodes[source]!.isStored)
        : values.every((value) => this.#stored.has(value.name));
    const state = stateOf(layer, name, this.#isTrained);
    const place = this.#add({
      name,
      kind: layer.kind,
      state,
      shape,
      parameters: layer.countParams(),
      trainedParameters: layer.ownParameters
        .filter((parameter) => this.#isTrained.has(`${name}/${parameter.name}`))
        .reduce((sum, { size }) => sum + size, 0),
      isStored,
    });
    for (const source of sources) {
      this.#edges.push({ from: source, to: place, isCut: this.#nodes[source]!.isStored && !isStored });
    }
    return place;
  }

  #add(node: DiagramNode): number {
    return this.#nodes.push(node) - 1;
  }
}

function stateOf(layer: Layer, path: string, isTrained: ReadonlySet<string>): DiagramState {
  const weights = layer.ownParameters.map(({ name }) => `${path}/${name}`);
  if (weights.some((weight) => isTrained.has(weight))) return "trained";
  if (weights.length > 0) return "frozen";
  return isRandom(layer) ? "random" : "plain";
}

function isRandom(layer: Layer): boolean {
  if (!(layer instanceof DefinedLayer)) return false;
  return layer.definition.isRandomPreprocessing === true || /Dropout|Noise/.test(layer.kind);
}

/** Results of operators by the layer that made them. */
function valuesByScope(graph: Graph): ReadonlyMap<string, readonly Value[]> {
  const scopes = new Map<string, Value[]>();
  for (const node of graph.nodes) {
    const known = scopes.get(node.scope);
    if (known === undefined) scopes.set(node.scope, [...node.outputs]);
    else known.push(...node.outputs);
  }
  return scopes;
}

/** The loss below the outputs, and below it each layer again that gradients flow through, the other way round. */
function withGradients({ nodes, edges }: Pick<Diagram, "nodes" | "edges">): Pick<Diagram, "nodes" | "edges"> {
  const passed = nodes.map(({ state }) => state === "trained");
  for (const { from, to } of edges) passed[to] ||= passed[from]!;
  const loss = nodes.length;
  const taken = new Set(edges.map(({ from }) => from));
  const ends = nodes.flatMap((_, place) => (taken.has(place) ? [] : [place]));
  const added: DiagramNode[] = [
    {
      name: "loss",
      kind: "loss",
      state: "loss",
      shape: "[]",
      parameters: 0,
      trainedParameters: 0,
      isStored: false,
    },
  ];
  const places = new Map<number, number>();
  for (const [place, node] of [...nodes.entries()].reverse()) {
    if (!passed[place]) continue;
    places.set(place, loss + added.length);
    added.push({ ...node, kind: "gradient", state: "gradient", isStored: false });
  }
  const flow = (from: number | undefined, to: number | undefined): readonly DiagramEdge[] =>
    from === undefined || to === undefined ? [] : [{ from, to, isCut: false }];
  return {
    nodes: [...nodes, ...added],
    edges: [
      ...edges,
      ...ends.flatMap((end) => [...flow(end, loss), ...flow(loss, places.get(end))]),
      ...edges.flatMap(({ from, to }) => flow(places.get(to), places.get(from))),
    ],
  };
}
