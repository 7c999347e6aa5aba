import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import { writeFileAtomic, writePiecesAtomic } from "../base/files.ts";
import { packageVersion } from "../base/version.ts";
import { encodedText, encodeZip } from "../formats/encodeZip.ts";
import type { Model } from "../models/functional.ts";
import { writeWeights } from "../models/weightFile.ts";
import { isAdaptedCount } from "./adaptedCount.ts";
import { encodeWeights } from "./encodeWeights.ts";
import { keras2Weight } from "./keras2Layers.ts";
import { refusal } from "./refusal.ts";
import { writeModel } from "./writeModel.ts";

/** The version whose files ours are like. */
const kerasVersion = "3.15.1";

/**
 * Writes a model as a `.keras` file, which Keras 3 opens with equal predictions. What it was compiled with is not in it.
 *
 * @throws PermafrostError MODEL_UNSUPPORTED for a layer or an option that Keras has not, INVALID_ARGUMENT over 4 GB, DISK_FULL.
 */
export async function saveKerasArchive(model: Model, file: string): Promise<void> {
  const about = {
    keras_version: kerasVersion,
    date_saved: dateText(),
    written_by: `permafrost ${packageVersion()}`,
  };
  const archive = encodeZip(
    new Map([
      ["metadata.json", encodedText(JSON.stringify(about))],
      ["config.json", encodedText(JSON.stringify(writeModel(model)))],
      ["model.weights.h5", encodeWeights(model)],
    ]),
  );
  await writePiecesAtomic(file, archive.pieces());
}

/** As Keras writes it: 2026-05-01@12:00:00. */
function dateText(): string {
  return new Date().toISOString().slice(0, 19).replace("T", "@");
}

/**
 * Writes all weights of a model: as Keras 3's `.weights.h5` for such a name, else as safetensors with the weights' paths for names.
 *
 * @throws PermafrostError INVALID_ARGUMENT for Keras's older `.h5`; DISK_FULL.
 */
export async function saveWeights(model: Model, file: string): Promise<void> {
  if (file.endsWith(".weights.h5")) return writePiecesAtomic(file, encodeWeights(model).pieces());
  if (/\.(h5|hdf5|keras|json)$/.test(file)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${file}: expected a name that ends in .weights.h5 (Keras 3) or .safetensors; Keras's older .h5 is not written, and whole models are written by save.`,
    );
  }
  return writeWeights(model, file);
}

/** Bytes of a file of weights, as TensorFlow.js divides them. */
const shardBytes = 4 * 2 ** 20;

/**
 * Writes a model as a TensorFlow.js layers model: `model.json` and files of weights of 4 MB beside it.
 *
 * @param file - The `model.json`.
 * @throws PermafrostError MODEL_UNSUPPORTED for a layer or an option that Keras 2 has not, or two layers of one name; DISK_FULL.
 */
export async function saveTfjsModel(model: Model, file: string): Promise<void> {
  const config = writeModel(model, 2);
  const weights = tfjsWeights(model);
  const total = weights.reduce((sum, { parameter }) => sum + 4 * parameter.size, 0);
  const count = Math.max(1, Math.ceil(total / shardBytes));
  const paths = Array.from({ length: count }, (_, index) => `group1-shard${index + 1}of${count}.bin`);
  const shards = shardsOf(
    weights.map(
      ({ parameter }) =>
        () =>
          parameter.get().data,
    ),
  );
  for (const name of paths)
    await writeFileAtomic(path.join(path.dirname(file), name), shards.next().value ?? new Uint8Array(0));
  // The model comes last: a reader finds it only once its weights are there.
  const manifest = weights.map(({ name, shape }) => ({ name, shape, dtype: "float32" }));
  const content = {
    format: "layers-model",
    generatedBy: `permafrost ${packageVersion()}`,
    convertedBy: null,
    modelTopology: { keras_version: "2.15.0", backend: "tensorflow", model_config: config },
    weightsManifest: [{ paths, weights: manifest }],
  };
  await writeFileAtomic(file, JSON.stringify(content));
}

function tfjsWeights(model: Model) {
  const names = new Set<string>();
  const layers = new Set<unknown>();
  const weights = [];
  for (const layer of leaves(model)) {
    if (layers.has(layer)) continue;
    layers.add(layer);
    for (const parameter of layer.ownParameters) {
      // Of a type that such a file's floats are not.
      if (isAdaptedCount(layer, parameter)) continue;
      const { name, shape } = keras2Weight(layer, parameter);
      if (names.has(name))
        throw refusal(
          `layer ${layer.name} (${layer.kind})`,
          "two layers of the model have this name, and TensorFlow.js finds weights by it",
        );
      names.add(name);
      weights.push({ name, shape, parameter });
    }
  }
  return weights;
}

function leaves(model: Model): readonly Model["layers"][number][] {
  return model.layers.flatMap((layer) => (layer.innerLayers.length > 0 ? leaves(layer as Model) : [layer]));
}

/** Bytes of all tensors one behind the other, cut into pieces. */
function* shardsOf(tensors: readonly (() => Float32Array)[]): Generator<Uint8Array, undefined> {
  let shard = new Uint8Array(shardBytes);
  let filled = 0;
  for (const load of tensors) {
    const { buffer, byteOffset, byteLength } = load();
    for (let at = 0; at < byteLength; ) {
      const part = Math.min(shardBytes - filled, byteLength - at);
      shard.set(new Uint8Array(buffer, byteOffset + at, part), filled);
      filled += part;
      at += part;
      if (filled < shardBytes) continue;
      yield shard;
      shard = new Uint8Array(shardBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield shard.subarray(0, filled);
}
