import { BaseNetwork, createBase, isFoundAgain } from "../applications/index.ts";
import type { Preprocessing } from "../applications/preprocessing.ts";
import { sha256 } from "../base/digest.ts";
import { PermafrostError } from "../base/errors.ts";
import { packageVersion } from "../base/version.ts";
import { DefinedLayer } from "../layers/definition.ts";
import type { Model } from "../models/functional.ts";
import { Sequential } from "../models/sequential.ts";
import { weightsDigest } from "../models/weights.ts";
import { bundleContents, formOptions, unasked } from "../recipes/classifier/classifierBundle.ts";
import type { Decision } from "../saving/bundleContents.ts";
import { checkReplaceable, saveBundle } from "../saving/saveBundle.ts";
import type { TrainedOn } from "./trainedOn.ts";

export interface SaveModelOptions {
  /** In the order of the outputs; with one output the second is the class of high values. Default: the iterator's. */
  readonly classNames?: readonly string[];
  /**
   * How a file becomes the model's input. Default: the base network's own. A model that was trained on an iterator must say
   * it, because an iterator scales pictures in its own way.
   */
  readonly preprocessing?: Preprocessing;
  /** Put the base network's weights into the bundle. Default: only if they are not those it came with. */
  readonly embedBase?: boolean;
  /** For the record. Default 0. */
  readonly seed?: number;
}

/** What is known of the training when a model is saved. */
export interface SaveContext {
  readonly trainedOn: TrainedOn | undefined;
  readonly numericsClass: string;
}

/**
 * Writes a classifier as a bundle folder: a base network with a stack of layers on it.
 *
 * @throws PermafrostError INVALID_ARGUMENT for another form of model, or without class names; OUTPUT_EXISTS, DISK_FULL.
 */
export async function saveModel(
  model: Model,
  { trainedOn, numericsClass }: SaveContext,
  folder: string,
  options: SaveModelOptions,
): Promise<void> {
  const { classifier, base } = classifierParts(model);
  if (base.variant !== undefined) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${base.name}: a base network ${base.variant} cannot be saved in a bundle for now, because it could not be built again. Take it as applications.byName makes it, or keep the numbers of getWeights().`,
    );
  }
  const classNames = checkClassNames(model, options.classNames ?? trainedOn?.classNames);
  const preprocessing = choosePreprocessing(base, trainedOn, options.preprocessing);
  await checkReplaceable(folder);
  const contents = bundleContents(classifier, base, {
    classNames,
    embedBase: options.embedBase ?? !(await hasOriginalWeights(base)),
    metrics: {},
    run: {
      command: "save",
      versions: { permafrost: packageVersion(), node: process.versions.node },
      seed: options.seed ?? 0,
      // A model that was never trained has seen no data: the digest of nothing.
      dataDigest: (await trainedOn?.digest()) ?? sha256(""),
      numericsClass,
      date: new Date().toISOString(),
    },
  });
  await saveBundle(folder, {
    ...contents,
    preprocessing,
    decision: decisionOf(model),
  });
}

function classifierParts(model: Model): { readonly classifier: Sequential; readonly base: BaseNetwork } {
  const [base, ...head] = model.layers;
  const isStack = head.every((layer) => layer instanceof DefinedLayer);
  if (model instanceof Sequential && base instanceof BaseNetwork && isStack)
    return { classifier: model, base };
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${model.name}: only a sequential model of a base network and layers on it can be saved for now, this one begins with ${base?.name ?? "nothing"}. ` +
      "Put the head on the base network, or keep the numbers of getWeights().",
  );
}

function checkClassNames(model: Model, classNames: readonly string[] | undefined): readonly string[] {
  const outputs = Number(model.outputShape.at(-1));
  const expected = outputs === 1 ? 2 : outputs;
  if (classNames?.length === expected) return classNames;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${model.name}: save needs the names of the ${expected} classes, got ${classNames?.length ?? "none"}. Give { classNames: [...] } in the order of the outputs.`,
  );
}

function choosePreprocessing(
  base: BaseNetwork,
  trainedOn: TrainedOn | undefined,
  given: Preprocessing | undefined,
): Preprocessing {
  const preprocessing = given ?? base.preprocessing;
  const [, height, width] = base.inputs[0]!.shape;
  if (given === undefined && trainedOn?.pictures === true) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${base.name}: save needs the preprocessing of the pictures that the iterator gave, so that predictions see the same. ` +
        "Give { preprocessing: { ...convBase.preprocessing, filter, scale, mean, std } } with the generator's values.",
    );
  }
  if (preprocessing.height === height && preprocessing.width === width) return preprocessing;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `${base.name}: expected a preprocessing to ${height} x ${width} pixels, got ${preprocessing.height} x ${preprocessing.width}.`,
  );
}

async function hasOriginalWeights(base: BaseNetwork): Promise<boolean> {
  if (base.weightSource === null || !isFoundAgain(base)) return false;
  try {
    const { name } = base.weightSource;
    // As whoever opens the bundle will look for them.
    const original = await createBase(base.application.name, {
      ...formOptions(base),
      weights: name,
      fetching: unasked,
    });
    return weightsDigest(original) === weightsDigest(base);
  } catch (error) {
    if (error instanceof PermafrostError && error.code === "OFFLINE") return false;
    throw error;
  }
}

function decisionOf(model: Model): Decision {
  return model.outputShape.at(-1) === 1 ? { rule: "threshold", threshold: 0.5 } : { rule: "argmax" };
}
