import { PermafrostError } from "../base/errors.ts";
import { modestMemory, takeJson } from "../base/modestMemory.ts";
import { isRecord, type JsonRecord } from "../formats/json.ts";
import { openWeights } from "../formats/openWeights.ts";
import type { TensorEntry, WeightFile } from "../formats/weightFile.ts";
import type { Model } from "../models/functional.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { weightEntries } from "./fileLayers.ts";
import { type ImageLabels, readImageLabels } from "./imageLabels.ts";
import { readModel } from "./readModel.ts";

export interface ModelFileOptions {
  /** [height, width, channels] in place of the file's; needed where the file leaves sizes open. */
  readonly inputShape?: readonly number[] | undefined;
}

/** A model file whose network is built; its weights are not read yet. */
export interface OpenModel {
  readonly file: WeightFile;
  readonly model: Model;
  /** Names of classes and size of pictures, where the file or its neighbours tell. */
  readonly labels: ImageLabels | undefined;
}

/**
 * Opens a model of Keras or TensorFlow.js and builds its network: `.keras`, whole legacy `.h5`, `model.json` or its folder. Close
 * `file` in the end.
 *
 * @throws PermafrostError NOT_FOUND, NOT_READABLE, FORMAT_UNKNOWN, WEIGHTS_INVALID for a damaged file; INVALID_ARGUMENT for a file
 *   of weights alone; MODEL_UNSUPPORTED naming layer, class and option.
 */
export async function openModel(path: string, { inputShape }: ModelFileOptions = {}): Promise<OpenModel> {
  const file = await openWeights(path);
  try {
    // Larger pictures make the layers behind a Flatten larger; of a base they are cut off.
    const growth = inputShape === undefined ? 1 : 256;
    const model = readModel(configOf(file), {
      path: file.path,
      kerasVersion: file.metadata.get("keras_version"),
      inputShape,
      maxWeights: growth * weightEntries(file).reduce((sum, entry) => sum + elementsOf(entry), 0),
    });
    const labels =
      file.format === "TensorFlow.js layers model" ? await readImageLabels(file.path) : undefined;
    return { file, model, labels };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function elementsOf({ shape, dtype }: TensorEntry): number {
  return dtype === "other" ? 0 : sizeOf(shape);
}

function configOf(file: WeightFile): JsonRecord {
  const text = file.metadata.get("model_config");
  if (text === undefined) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${file.path} (${file.format}): it holds weights alone, not how the layers hang together. ` +
        "Expected a .keras file, a whole model as .h5, or a TensorFlow.js layers model. " +
        "For weights build the network and call loadWeights, or give them as weights of a base network.",
      { details: { path: file.path } },
    );
  }
  try {
    takeJson(
      text,
      modestMemory(text.length, () => damagedConfig(file)),
    );
    const config: unknown = JSON.parse(text);
    if (isRecord(config)) return config;
  } catch (error) {
    throw damagedConfig(file, error);
  }
  throw damagedConfig(file);
}

function damagedConfig(file: WeightFile, cause?: unknown): PermafrostError {
  return new PermafrostError(
    "WEIGHTS_INVALID",
    `${file.path}: its model_config is not the JSON of an object. The file may be damaged; write or download it again.`,
    { details: { path: file.path }, cause },
  );
}
