import { PermafrostError } from "../base/errors.ts";
import type { WeightFile } from "../formats/weightFile.ts";
import type { Layer, SymbolicTensor } from "../layers/layer.ts";
import { Model } from "../models/functional.ts";
import { cutAt, cutBeforeClassifier, lastWithout, layersBefore } from "./cuts.ts";
import type { ImageLabels } from "./imageLabels.ts";
import { type InlinedNetwork, inlineModels } from "./inlineModels.ts";
import { checkMatch } from "./loadWeights.ts";
import type { WeightMatch } from "./matchLayer.ts";
import { matchNetwork } from "./matchWeights.ts";
import { type ModelFileOptions, openModel } from "./openModel.ts";
import { setWeights } from "./setWeights.ts";

export interface LoadedModel {
  readonly model: Model;
  readonly labels: ImageLabels | undefined;
}

/**
 * A model of Keras or TensorFlow.js with its weights.
 *
 * @throws PermafrostError as `openModel`, and WEIGHTS_INVALID when weights are damaged, missing or not finite.
 */
export async function loadModel(path: string, options: ModelFileOptions = {}): Promise<LoadedModel> {
  const { file, model, labels } = await openModel(path, options);
  try {
    const result = matchNetwork(model, file);
    checkMatch(model, result, file);
    const lost = missingMatches(result.matches);
    if (lost.length > 0) throw missingFiles(file, lost, inlineModels(model));
    await setWeights(result.matches, file);
    return { model, labels };
  } finally {
    await file.close();
  }
}

export interface BaseModelOptions extends ModelFileOptions {
  /** Name of the layer behind which the base ends. Default: the last maps before the classifier. */
  readonly cut?: string | undefined;
}

/**
 * The part of a model up to a cut, without models in it. Only the weights of this part are read, so that a file whose later weights
 * are missing serves up to there.
 *
 * @throws PermafrostError as `loadModel`; UNKNOWN_NAME or INVALID_ARGUMENT for the cut.
 */
export async function loadBaseModel(
  path: string,
  { cut, ...options }: BaseModelOptions = {},
): Promise<LoadedModel & { readonly cut: string }> {
  const { file, model, labels } = await openModel(path, options);
  try {
    const result = matchNetwork(model, file);
    const network = inlineModels(model);
    const output =
      cut === undefined ? cutBeforeClassifier(network, file.path) : cutAt(network, cut, file.path);
    const base = new Model({ inputs: inputsOf(output, network), outputs: output, name: model.name });
    const wanted = new Set(base.weights);
    const matches = result.matches.filter(({ parameter }) => wanted.has(parameter));
    if (matches.length < wanted.size) checkMatch(model, result, file);
    const lost = missingMatches(matches);
    if (lost.length > 0) throw missingFiles(file, lost, network);
    await setWeights(matches, file);
    return { model: base, labels, cut: output.call.layer.name };
  } finally {
    await file.close();
  }
}

/** The inputs that a part of a network needs. */
function inputsOf(output: SymbolicTensor, { inputs }: InlinedNetwork): readonly SymbolicTensor[] {
  const layers = layersBefore(output);
  return inputs.filter(({ call }) => layers.has(call.layer));
}

function missingMatches(matches: readonly WeightMatch[]): readonly WeightMatch[] {
  return matches.filter(({ entry }) => entry.missing !== undefined);
}

/** Says which weights are missing, and up to where the network can be used without them. */
function missingFiles(
  file: WeightFile,
  lost: readonly WeightMatch[],
  network: InlinedNetwork,
): PermafrostError {
  const parameters = new Set(lost.map(({ parameter }) => parameter));
  const layers = new Set(
    network.calls
      .map(({ layer }) => layer)
      .filter(({ ownParameters }) => ownParameters.some((own) => parameters.has(own))),
  );
  const last = lastWithout(network, layers as ReadonlySet<Layer>)?.call.layer.name;
  const names = [...new Set(lost.map(({ entry }) => entry.missing!))];
  const weights = lost.map(({ entry }) => entry.name);
  const few = (list: readonly string[]) =>
    `${list.slice(0, 3).join(", ")}${list.length > 3 ? `, ... (${list.length})` : ""}`;
  return new PermafrostError(
    "WEIGHTS_INVALID",
    `${file.path}: the weights ${few(weights)} should be in ${few(names)}, which ${names.length === 1 ? "is" : "are"} not there. ` +
      (last === undefined
        ? `Put ${names.length === 1 ? "it" : "them"} beside the model.`
        : `Put ${names.length === 1 ? "it" : "them"} beside the model, or use the network as a base up to its last part that is whole: cut: "${last}" (--cut ${last}).`),
    { details: { path: file.path, missing: names, weights, cut: last } },
  );
}
