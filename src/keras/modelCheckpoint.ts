import { PermafrostError } from "../base/errors.ts";
import type { Model } from "../models/functional.ts";
import { CheckpointWriter, type ModelCheckpointOptions } from "../training/callbacks/modelCheckpoint.ts";
import type { SaveModelOptions } from "./saveModel.ts";

/**
 * Saves the model while it is trained (Keras 3's ModelCheckpoint): as a bundle folder, which `models.load` and
 * `permafrost predict` read, or with `saveWeightsOnly` the weights as a safetensors file, which `loadWeights` reads. What
 * is written is whole or not there.
 *
 * @example new callbacks.ModelCheckpoint({ filepath: "best.safetensors", saveBestOnly: true, saveWeightsOnly: true })
 */
export class ModelCheckpoint extends CheckpointWriter {
  /**
   * @param save - What `save` needs to write a bundle: class names, preprocessing.
   * @throws PermafrostError INVALID_ARGUMENT for a path or a frequency that does not fit.
   */
  constructor(options: ModelCheckpointOptions, save: SaveModelOptions = {}) {
    super(options, (model, folder) => savable(model).save(folder, save));
  }
}

/** What `fit` trains is one of the face's models, which can be saved. */
function savable(model: Model): { save(folder: string, options: SaveModelOptions): Promise<void> } {
  if ("save" in model && typeof model.save === "function") {
    return { save: model.save.bind(model) as (folder: string, options: SaveModelOptions) => Promise<void> };
  }
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `ModelCheckpoint: ${model.name} cannot be saved as a bundle. Say saveWeightsOnly: true.`,
  );
}
