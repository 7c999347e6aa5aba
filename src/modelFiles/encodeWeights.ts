import {
  type DatasetContent,
  type EncodedFile,
  encodeHdf5,
  type GroupContent,
} from "../formats/hdf5/encodeHdf5.ts";
import type { Layer } from "../layers/layer.ts";
import type { Parameter } from "../layers/parameter.ts";
import { Model } from "../models/functional.ts";
import { isAdaptedCount } from "./adaptedCount.ts";
import { placedLayers } from "./fileLayers.ts";
import { randomStateOf } from "./writeModel.ts";

/** A group that is being filled. */
interface Folder {
  readonly kind: "group";
  readonly members: Map<string, Folder | DatasetContent>;
  readonly attributes: Record<string, string>;
}

/** The weights of a model as Keras 3's `.weights.h5`: groups by the places of layers, weights in them by number. */
export function encodeWeights(model: Model): EncodedFile {
  const root = folder();
  addLayer(root, model);
  for (const { layer, path } of placedLayers(model)) addLayer(folderAt(root, path), layer);
  return encodeHdf5(root satisfies GroupContent);
}

function addLayer(place: Folder, layer: Layer): void {
  const vars = folderAt(place, "vars");
  vars.attributes["name"] = layer.name;
  if (layer instanceof Model) return;
  for (const [index, parameter] of layer.ownParameters.entries()) {
    // Keras wants a whole number there, whatever it is.
    vars.members.set(String(index), isAdaptedCount(layer, parameter) ? zero : weight(parameter));
  }
  const state = randomStateOf(layer);
  if (state !== undefined) {
    const seeds = folderAt(place, `${state}/vars`);
    seeds.attributes["name"] = state;
    seeds.members.set("0", {
      kind: "dataset",
      dtype: "uint32",
      shape: [2],
      elements: () => new Uint8Array(8),
    });
  }
}

const zero: DatasetContent = {
  kind: "dataset",
  dtype: "int32",
  shape: [],
  elements: () => new Uint8Array(4),
};

function weight(parameter: Parameter): DatasetContent {
  return {
    kind: "dataset",
    dtype: "float32",
    shape: parameter.shape,
    elements() {
      const { data } = parameter.get();
      return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    },
  };
}

function folder(): Folder {
  return { kind: "group", members: new Map(), attributes: {} };
}

function folderAt(root: Folder, path: string): Folder {
  let at = root;
  for (const name of path.split("/")) {
    const known = at.members.get(name);
    const next = known?.kind === "group" ? known : folder();
    at.members.set(name, next);
    at = next;
  }
  return at;
}
