import { loadModel as loadModelFile } from "../modelFiles/loadModel.ts";
import type { Model as PlainModel } from "../models/functional.ts";
import { Sequential as PlainSequential } from "../models/sequential.ts";
import { modelFromBundle } from "../recipes/classifier/classifierBundle.ts";
import { loadBundle } from "../saving/loadBundle.ts";
import { trainableBase } from "./baseNetwork.ts";
import { Model, Sequential } from "./networks.ts";

/**
 * A classifier from its bundle folder, with frozen base network; ready for `predict`, or for `compile` and more training.
 * Every digest in the bundle is checked, and nothing in it is run.
 *
 * @throws PermafrostError NOT_FOUND, BUNDLE_INVALID, BUNDLE_NEWER, DIGEST_MISMATCH or WEIGHTS_INVALID.
 */
export async function load(folder: string): Promise<Sequential> {
  const { model, base } = await modelFromBundle(await loadBundle(folder), folder);
  return new Sequential({ name: model.name, layers: [trainableBase(base), ...model.layers.slice(1)] });
}

export interface LoadModelOptions {
  /** Shape of one sample, [height, width, channels], in place of the file's; needed where the file leaves sizes open. */
  readonly inputShape?: readonly number[];
}

/** A model from a file of another program. */
export interface LoadedKerasModel {
  readonly model: Model | Sequential;
  /** In the order of the outputs, where the file or its neighbours tell (Teachable Machine's `metadata.json`). */
  readonly classNames: readonly string[] | undefined;
}

/**
 * A model of Keras 1 to 3 or TensorFlow.js with its weights, to be used, trained on or added to another model: `.keras`, a whole legacy
 * `.h5`, a TensorFlow.js `model.json` or its folder. Nothing in the file is run; how it was compiled is not read.
 *
 * @throws PermafrostError NOT_FOUND, FORMAT_UNKNOWN; MODEL_UNSUPPORTED naming layer, class and option; WEIGHTS_INVALID for weights that
 *   are damaged, missing or not finite.
 * @example
 * const convBase = await models.loadModel("encoder.keras");
 * convBase.trainable = false;
 * model.add(convBase);
 */
export async function loadModel(path: string, options: LoadModelOptions = {}): Promise<Model | Sequential> {
  return (await loadModelWithLabels(path, options)).model;
}

/** As `loadModel`, with the names of the classes. */
export async function loadModelWithLabels(
  path: string,
  options: LoadModelOptions = {},
): Promise<LoadedKerasModel> {
  const { model: plain, labels } = await loadModelFile(path, options);
  return { model: withTrainingMethods(plain), classNames: labels?.classNames };
}

/** The same layers and weights as a model that can be trained. */
function withTrainingMethods(plain: PlainModel): Model | Sequential {
  const { name, trainable, seed } = plain;
  if (!(plain instanceof PlainSequential)) {
    return new Model({ inputs: plain.inputs, outputs: plain.outputs, name, trainable, seed });
  }
  const model = new Sequential({ name, trainable, seed, layers: plain.layers });
  model.build([plain.inputs[0]!.shape]);
  return model;
}
