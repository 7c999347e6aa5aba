import type { TensorEntry } from "../formats/weightFile.ts";
import type { Layer } from "../layers/layer.ts";
import type { Parameter } from "../layers/parameter.ts";
import { Model } from "../models/functional.ts";
import { sameShape, showShape } from "../tensor/shape.ts";
import { isAdaptedCount } from "./adaptedCount.ts";

/** A weight and the tensor that it is set from. */
export interface WeightMatch {
  readonly layer: string;
  readonly parameter: Parameter;
  readonly entry: TensorEntry;
}

/** Why a weight or a layer cannot be set. */
export interface WeightProblem {
  readonly layer: string;
  /** "kernel: expected [3, 3, 3, 64], the file has [7, 7, 3, 64]". */
  readonly reason: string;
}

export interface MatchResult {
  readonly matches: readonly WeightMatch[];
  readonly problems: readonly WeightProblem[];
}

/** Assigns the tensors of one layer of a file to a layer's weights: by their names, else by their order. */
export function matchLayer(layer: Layer, entries: readonly TensorEntry[]): MatchResult {
  const { name } = layer;
  const parameters = layer.weights.filter((weight) => !isAdaptedCount(layer, weight));
  const own = parameters.length < layer.weights.length ? withoutCount(entries) : entries;
  if (parameters.length === 0) return { matches: [], problems: [] };
  if (own.length !== parameters.length) {
    const reason = `expected ${parameters.length} weights (${listed(parameters)}), the file has ${own.length || "none"} for it`;
    return { matches: [], problems: [{ layer: name, reason }] };
  }
  const chosen = byName(layer, parameters, own) ?? byOrder(layer, parameters, own);
  const matches: WeightMatch[] = [];
  const problems: WeightProblem[] = [];
  for (const [parameter, entry] of chosen) {
    if (sameShape(entry.shape, parameter.shape)) matches.push({ layer: name, parameter, entry });
    else {
      const shapes = `expected ${showShape(parameter.shape)}, the file has ${showShape(entry.shape)}`;
      problems.push({ layer: name, reason: `${parameter.name}: ${shapes} (${entry.name})` });
    }
  }
  return { matches, problems };
}

type Pairs = readonly (readonly [Parameter, TensorEntry])[];

/** undefined unless every weight's name is there once. */
function byName(
  layer: Layer,
  parameters: readonly Parameter[],
  entries: readonly TensorEntry[],
): Pairs | undefined {
  const depth = layer instanceof Model ? 2 : 1;
  const named = new Map(entries.map((entry) => [shortName(entry.name, depth), entry]));
  if (named.size !== entries.length) return undefined;
  const paths: readonly (readonly [string, Parameter])[] =
    layer instanceof Model
      ? [...layer.namedParameters()].map(([path, parameter]) => [shortName(path, depth), parameter])
      : parameters.map((parameter) => [parameter.name, parameter]);
  const pairs = paths.flatMap(([name, parameter]) => {
    const entry = named.get(name);
    return entry === undefined ? [] : ([[parameter, entry]] as const);
  });
  return pairs.length === paths.length && new Set(pairs.map(([, entry]) => entry)).size === pairs.length
    ? pairs
    : undefined;
}

/** Keras's `.h5` has the trained weights of a model before the others; the newer files go from layer to layer. */
function byOrder(layer: Layer, weights: readonly Parameter[], entries: readonly TensorEntry[]): Pairs {
  const flags = [...layer.trainableWeights, ...layer.nonTrainableWeights].filter((weight) =>
    weights.includes(weight),
  );
  const created = [...weights].sort((a, b) => Number(b.createdTrainable) - Number(a.createdTrainable));
  const orders = [flags, created, weights];
  const fitting = orders.find((order) =>
    order.every(({ shape }, index) => sameShape(shape, entries[index]!.shape)),
  );
  return (fitting ?? weights).map((parameter, index) => [parameter, entries[index]!]);
}

/** "kernel" of "conv1/kernel:0". */
function shortName(name: string, depth: number): string {
  return name.replace(/:\d+$/, "").split("/").slice(-depth).join("/");
}

/** The entries of a Normalization that are not its count. */
function withoutCount(entries: readonly TensorEntry[]): readonly TensorEntry[] {
  return entries.filter(({ shape, name }) => shape.length > 0 || /mean|variance/.test(name));
}

function listed(parameters: readonly Parameter[]): string {
  return parameters.length <= 6
    ? parameters.map(({ name }) => name).join(", ")
    : `${parameters[0]!.name}, ...`;
}
