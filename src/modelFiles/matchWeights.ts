import type { TensorEntry, WeightFile } from "../formats/weightFile.ts";
import type { Layer } from "../layers/layer.ts";
import type { Model } from "../models/functional.ts";
import { weightsFormat } from "../models/weightFile.ts";
import { sameShape, showShape } from "../tensor/shape.ts";
import {
  type FileLayer,
  hasPaths,
  layersByName,
  layersByPath,
  placedLayers,
  weightEntries,
} from "./fileLayers.ts";
import { type MatchResult, matchLayer, type WeightMatch, type WeightProblem } from "./matchLayer.ts";

export interface MatchOptions {
  /** Layers find their weights by their names, and those that the file has not stay as they are. Default: by their order. */
  readonly byName?: boolean;
}

/**
 * Which tensor of a file each weight of a model is set from. Files that permafrost wrote name weights by their paths; `.weights.h5`
 * and `.keras` have layers in their places; in the others layers have names and an order.
 */
export function matchWeights(
  model: Model,
  file: WeightFile,
  { byName = false }: MatchOptions = {},
): MatchResult {
  const paths = [...model.namedParameters().keys()];
  const isOwn =
    file.metadata.get("format") === weightsFormat || paths.every((path) => file.tensors.has(path));
  if (isOwn) return matchPaths(model, file, byName);
  const units = unitsOf(model, file);
  if (byName) return together(units.named);
  if (units.missing.length === 0 && units.unused.length === 0) return together(units.named);
  if (hasPaths(file)) return matchPlaces(model, file);
  return matchOrder(units);
}

/** Layers of the classifiers of Keras's networks: at most VGG's. */
const mostOfClassifier = 3;

/**
 * As `matchWeights` by name, but every weight of the model must be there; layers that only the file has behind them (a
 * classifier) are passed over. A `.h5` with others between them is another network: VGG19 has all layers of VGG16. Of a `.h5` whose names do not fit the layers are taken in their order, as Keras does: names that Keras makes by counting go on
 * counting from network to network, so that published files have other numbers.
 */
export function matchNetwork(model: Model, file: WeightFile): MatchResult {
  const paths = [...model.namedParameters().keys()];
  if (paths.length > 0 && paths.every((path) => file.tensors.has(path))) return matchPaths(model, file, true);
  const units = unitsOf(model, file);
  const { named, missing, layers, fileLayers } = units;
  const byName = together([
    ...named,
    ...missing.map((layer): readonly [Layer, FileLayer] => [layer, { name: layer.name, entries: [] }]),
  ]);
  if (byName.problems.length === 0) return isLegacy(file) ? withUnused(byName, unusedBetween(units)) : byName;
  const others = fileLayers.length - layers.length;
  const isOrdered = isLegacy(file) && others >= 0 && others <= mostOfClassifier;
  const other = hasPaths(file) ? matchPlaces(model, file) : isOrdered ? inOrder(units) : undefined;
  return other?.problems.length === 0 ? other : byName;
}

/** Layers of a file, in its order, that have no layer of the model's name and stand before the last that has. */
function unusedBetween({ unused, fileLayers }: Units): readonly FileLayer[] {
  const others = new Set(unused);
  const last = fileLayers.findLastIndex((one) => !others.has(one));
  return fileLayers.slice(0, last + 1).filter((one) => others.has(one) && one.entries.length > 0);
}

function matchPaths(model: Model, file: WeightFile, isPart: boolean): MatchResult {
  const matches: WeightMatch[] = [];
  const problems: WeightProblem[] = [];
  const parameters = model.namedParameters();
  for (const [path, parameter] of parameters) {
    const entry = file.tensors.get(path);
    if (entry === undefined) {
      if (!isPart) problems.push({ layer: path, reason: "the file has no such weight" });
    } else if (sameShape(entry.shape, parameter.shape)) matches.push({ layer: path, parameter, entry });
    else {
      const reason = `expected ${showShape(parameter.shape)}, the file has ${showShape(entry.shape)}`;
      problems.push({ layer: path, reason });
    }
  }
  if (isPart) return { matches, problems };
  const extra = weightEntries(file).filter(({ name }) => !parameters.has(name));
  const more = extra.map(({ name, shape }) => ({
    layer: name,
    reason: `only the file has it, with shape ${showShape(shape)}`,
  }));
  return { matches, problems: [...problems, ...more] };
}

/** The layers of a model that a file could have by name, paired with those that it has. */
interface Units {
  readonly named: readonly (readonly [Layer, FileLayer])[];
  readonly missing: readonly Layer[];
  readonly unused: readonly FileLayer[];
  /** In the model's order. */
  readonly layers: readonly Layer[];
  readonly fileLayers: readonly FileLayer[];
}

/** Keras's `.h5` lists a model in a model as one layer; the other formats know the layers inside. */
function unitsOf(model: Model, file: WeightFile): Units {
  const fileLayers = layersByName(file);
  const outer = model.layers.filter(hasWeights);
  const inner = placedLayers(model)
    .map(({ layer }) => layer)
    .filter(({ ownParameters }) => ownParameters.length > 0);
  return paired(isLegacy(file) ? outer : inner, fileLayers);
}

function isLegacy({ format }: WeightFile): boolean {
  return format === "Keras weights (.h5)" || format === "Keras model (.h5)";
}

function paired(layers: readonly Layer[], fileLayers: readonly FileLayer[]): Units {
  const byName = new Map<string, FileLayer>();
  const byLastName = new Map<string, FileLayer | undefined>();
  for (const one of fileLayers) {
    byName.set(one.name, one);
    const last = lastPart(one);
    byLastName.set(last, byLastName.has(last) ? undefined : one);
  }
  const taken = new Set<FileLayer>();
  const named: (readonly [Layer, FileLayer])[] = [];
  const missing: Layer[] = [];
  for (const layer of layers) {
    const found = byName.get(layer.name) ?? byLastName.get(layer.name);
    if (found === undefined || taken.has(found)) missing.push(layer);
    else {
      taken.add(found);
      named.push([layer, found]);
    }
  }
  return { named, missing, unused: fileLayers.filter((one) => !taken.has(one)), layers, fileLayers };
}

/** A layer in a model in a model is named by its own name at the end of its path. */
function lastPart({ name, entries }: FileLayer): string {
  const own = entries[0]?.layer === undefined ? entries[0]?.name.split("/").at(-2) : undefined;
  return own ?? name;
}

function hasWeights(layer: Layer): boolean {
  return layer.weights.length > 0;
}

function matchPlaces(model: Model, file: WeightFile): MatchResult {
  const byPath = new Map(layersByPath(file));
  const results = placedLayers(model)
    .filter(({ layer }) => layer.ownParameters.length > 0)
    .map(({ layer, path }) => {
      const found = byPath.get(path);
      byPath.delete(path);
      return matchLayer(layer, found?.entries ?? []);
    });
  return withUnused(joined(results), [...byPath.values()]);
}

/** Layers with weights one after the other, as Keras loads a legacy file. */
function matchOrder(units: Units): MatchResult {
  return withUnused(inOrder(units), units.fileLayers.slice(units.layers.length));
}

function inOrder({ layers, fileLayers }: Units): MatchResult {
  return together(
    layers.map((layer, index) => [layer, fileLayers[index] ?? { name: "", entries: [] }] as const),
  );
}

function withUnused({ matches, problems }: MatchResult, unused: readonly FileLayer[]): MatchResult {
  const more = unused.map(({ name, entries }) => ({
    layer: name,
    reason: `only the file has it (${shapesOf(entries)})`,
  }));
  return { matches, problems: [...problems, ...more] };
}

function shapesOf(entries: readonly TensorEntry[]): string {
  return entries.map(({ shape }) => showShape(shape)).join(", ");
}

function together(pairs: readonly (readonly [Layer, FileLayer])[]): MatchResult {
  return joined(pairs.map(([layer, { entries }]) => matchLayer(layer, entries)));
}

function joined(results: readonly MatchResult[]): MatchResult {
  return {
    matches: results.flatMap(({ matches }) => matches),
    problems: results.flatMap(({ problems }) => problems),
  };
}
