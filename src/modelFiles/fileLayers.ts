import type { TensorEntry, WeightFile } from "../formats/weightFile.ts";
import type { Layer } from "../layers/layer.ts";
import { snakeCase } from "../layers/naming.ts";
import { Model } from "../models/functional.ts";
import { layerName } from "./spelling.ts";

/** The tensors of one layer in a file, in their order. */
export interface FileLayer {
  readonly name: string;
  readonly entries: readonly TensorEntry[];
}

/** What of a file are weights of its network: no optimizer's numbers, no states of random numbers. */
export function weightEntries(file: WeightFile): readonly TensorEntry[] {
  const state = hasPaths(file)
    ? /(^|\/)(seed_)?generator\/vars\/\d+$/
    : /(^|\/)seed_generator(_\d+)?\/[^/]*state[^/]*$/;
  return [...file.tensors.values()].filter(({ role, name }) => role !== "optimizer" && !state.test(name));
}

/** Layers as Keras's `.h5` lists them, and as names such as `conv/kernel` tell, in the order of the file. */
export function layersByName(file: WeightFile): readonly FileLayer[] {
  return grouped(weightEntries(file), (entry) => layerName(entry.layer ?? folderOf(entry.name)));
}

/** Layers by their paths in a `.weights.h5`: `layers/sequential/layers/conv2d`. */
export function layersByPath(file: WeightFile): ReadonlyMap<string, FileLayer> {
  const layers = grouped(weightEntries(file), ({ name }) =>
    folderOf(folderOf(name)).replaceAll("_layer_checkpoint_dependencies", "layers"),
  );
  return new Map(layers.map((layer) => [layer.name, layer]));
}

/** Whether a file names its layers by their places, as `.weights.h5` does. */
export function hasPaths(file: WeightFile): boolean {
  return file.format === "Keras weights (.weights.h5)" || file.format === "Keras archive (.keras)";
}

function grouped(
  entries: readonly TensorEntry[],
  keyOf: (entry: TensorEntry) => string,
): readonly FileLayer[] {
  const groups = new Map<string, TensorEntry[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups].map(([name, own]) => ({ name, entries: own }));
}

/** "conv1" of "conv1/kernel". */
function folderOf(name: string): string {
  return name.split("/").slice(0, -1).join("/");
}

/** A layer with weights of its own, and where Keras 3 keeps them. */
export interface PlacedLayer {
  readonly layer: Layer;
  /** `layers/sequential/layers/conv2d`. */
  readonly path: string;
}

/** All layers of a model and of the models in it, each once, in Keras's order, with their paths in a `.weights.h5`. */
export function placedLayers(model: Model, path = "", seen = new Set<Layer>()): readonly PlacedLayer[] {
  const counts = new Map<string, number>();
  return model.layers.flatMap((layer) => {
    const base = snakeCase(layer.kind);
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    const own = `${path}layers/${count === 0 ? base : `${base}_${count}`}`;
    if (seen.has(layer)) return [];
    seen.add(layer);
    return layer instanceof Model
      ? [{ layer, path: own }, ...placedLayers(layer, `${own}/`, seen)]
      : [{ layer, path: own }];
  });
}
