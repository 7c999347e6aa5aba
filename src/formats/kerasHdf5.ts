import { type ByteSource, damaged } from "./byteSource.ts";
import { type Hdf5Dataset, type Hdf5Group, readHdf5 } from "./hdf5/hdf5File.ts";
import { type Part, partsFile } from "./partsFile.ts";
import type { TensorEntry, WeightFile, WeightFormat } from "./weightFile.ts";

/** What a Keras HDF5 file holds, before it becomes a weight file. */
export interface KerasHdf5 {
  readonly format: WeightFormat;
  readonly parts: readonly Part[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** Opens an HDF5 file: Keras's weights in both layouts, a whole legacy model, or any datasets. */
export function openHdf5(source: ByteSource, close: () => Promise<void>): WeightFile {
  return partsFile({ path: source.name, close, ...kerasParts(source) });
}

/**
 * The tensors of an HDF5 file. Names are paths in the file; of a whole legacy model without `model_weights/`, so that a model
 * and its weights name them alike.
 */
export function kerasParts(source: ByteSource): KerasHdf5 {
  const root = readHdf5(source);
  const metadata = new Map(
    root.attributes.filter((name) => !isNameList(name)).map((name) => [name, root.texts(name).join(", ")]),
  );
  const weights = root.members.get("model_weights");
  if (weights?.kind === "group" && hasNames(weights, "layer_names")) {
    const slots = root.members.get("optimizer_weights");
    const parts = [
      ...legacyParts(weights, source.name),
      ...(slots?.kind === "group" ? looseParts(slots, "optimizer") : []),
    ];
    return { format: "Keras model (.h5)", parts, metadata };
  }
  if (hasNames(root, "layer_names")) {
    return { format: "Keras weights (.h5)", parts: legacyParts(root, source.name), metadata };
  }
  const isKeras3 = ["layers", "_layer_checkpoint_dependencies"].some((name) => root.members.has(name));
  return {
    format: isKeras3 ? "Keras weights (.weights.h5)" : "HDF5",
    parts: looseParts(root, "weight"),
    metadata,
  };
}

/** Layers in the order of `layer_names`, in each its weights in the order of `weight_names`: Keras 1 to 3. */
function legacyParts(weights: Hdf5Group, where: string): readonly Part[] {
  const layers = [...namesOf(weights, "layer_names")];
  // Weights that belong to the model itself stand apart.
  if (weights.members.has("top_level_model_weights")) layers.push("top_level_model_weights");
  return layers.flatMap((layer) => {
    const group = weights.members.get(layer);
    if (group?.kind !== "group")
      throw damaged(where, `the layer ${JSON.stringify(layer)} is named but not there`);
    return namesOf(group, "weight_names").map((name) => {
      const dataset = datasetAt(group, name, where);
      return partOf(dataset, { name: `${layer}/${name}`, layer });
    });
  });
}

/** All datasets of a group, the numbers in the order of counting; `vars` groups of Keras 3 know their layer's name. */
function looseParts(group: Hdf5Group, role: "weight" | "optimizer", above?: string): readonly Part[] {
  const layer = group.texts("name")[0] ?? above;
  return [...group.members]
    .sort(([a], [b]) => byNumber(a, b))
    .flatMap(([name, member]) => {
      const its = group.path === "" && name === "optimizer" ? "optimizer" : role;
      if (member.kind === "group") return looseParts(member, its, layer);
      const entry = { name: member.path, ...(layer === undefined ? {} : { layer }) };
      return [partOf(member, its === "weight" ? entry : { ...entry, role: its })];
    });
}

function partOf(dataset: Hdf5Dataset, entry: Omit<TensorEntry, "dtype" | "shape">): Part {
  return { entry: { ...entry, dtype: dataset.dtype, shape: dataset.shape }, load: dataset.load };
}

function datasetAt(group: Hdf5Group, path: string, where: string): Hdf5Dataset {
  let at: Hdf5Group | Hdf5Dataset | undefined = group;
  for (const name of path.split("/")) at = at?.kind === "group" ? at.members.get(name) : undefined;
  if (at?.kind !== "dataset") {
    throw damaged(where, `${group.path}: the weight ${JSON.stringify(path)} is named but not there`);
  }
  return at;
}

/** A list of names that did not fit into one attribute of 64 KiB lies in several: `layer_names0`, `layer_names1`, ... */
function namesOf(group: Hdf5Group, attribute: string): readonly string[] {
  if (group.attributes.includes(attribute)) return group.texts(attribute);
  const names: string[] = [];
  for (let part = 0; group.attributes.includes(`${attribute}${part}`); part++) {
    names.push(...group.texts(`${attribute}${part}`));
  }
  return names;
}

function hasNames(group: Hdf5Group, attribute: string): boolean {
  return group.attributes.includes(attribute) || group.attributes.includes(`${attribute}0`);
}

function isNameList(attribute: string): boolean {
  return /^(layer|weight)_names\d*$/.test(attribute);
}

/** "2" before "10", "conv2d" before "conv2d_1"; other names by their characters. */
function byNumber(a: string, b: string): number {
  const [, stemA = a, numberA = "-1"] = /^(.*?)(\d+)$/.exec(a) ?? [];
  const [, stemB = b, numberB = "-1"] = /^(.*?)(\d+)$/.exec(b) ?? [];
  if (stemA === stemB) return Number(numberA) - Number(numberB);
  return stemA < stemB ? -1 : 1;
}
