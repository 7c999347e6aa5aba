import { stat } from "node:fs/promises";
import path from "node:path";
import { withPreprocessing, withRescaling } from "../../applications/adaptNetwork.ts";
import { type BaseNetwork, type BaseOptions, baseNames, createBase } from "../../applications/index.ts";
import { PermafrostError } from "../../base/errors.ts";
import { sameSpelling } from "../../base/identifiers.ts";
import type { WorkOptions } from "../../base/progress.ts";
import { isHubReference } from "../../fetching/hub/hubReference.ts";
import type { FetchOptions } from "../../fetching/settings.ts";
import { loadBundle } from "../../saving/loadBundle.ts";
import { baseOfBundle } from "./baseOfBundle.ts";
import {
  hasModel,
  type ModelFileOptions,
  noRandomWeights,
  openModelFile,
  refusePreprocessing,
} from "./openModelFile.ts";
import { isOnnxFile, openOnnx } from "./openOnnx.ts";

/** Whether a network begins with random weights or with those of an earlier training; the latter must be there. */
export type InitialWeights = "random" | "pretrained";

/** Which base network a job begins with. */
export interface BaseRequest extends ModelFileOptions {
  /**
   * A name of the list; an ONNX file; a model of Keras or TensorFlow.js; the folder of a bundle whose base is taken as it was trained;
   * a file of weights of a network of the list; or such a file of Hugging Face: `hf:<owner>/<repository>[/<file>][@<revision>]`.
   */
  readonly base: string;
  /** Of a named base: the path of a file of weights, or one of Hugging Face, in place of its own weights. */
  readonly weights?: string;
  /** Side of the square that it sees, in pixels. Default: the base's own, or the bundle's. */
  readonly imageSize?: number;
  /** Default: the weights that come with it, or random ones where there are none (`small`, `vgg_like`). */
  readonly initialWeights?: InitialWeights;
  /** For random weights. Default 0. */
  readonly seed?: number;
  /** Pixels divided by 255 and nothing else, whatever the network was trained on. */
  readonly rescaleOnly?: boolean;
  /** Never fetch weights. Default: as the environment says. */
  readonly offline?: boolean;
  /** Address of a folder of weight files in place of their origins. Default: as the environment says. */
  readonly mirror?: string;
}

/** Who follows and stops the fetching of weights. */
export interface BaseHooks extends WorkOptions {
  readonly onWarning?: (text: string) => void;
}

/**
 * The base network that a job asks for; weights that are not on this machine are fetched. That of a bundle keeps the bundle's
 * preprocessing, and its weights are held against the digest that the bundle names.
 *
 * @throws PermafrostError UNKNOWN_NAME that lists the names; for a folder NOT_FOUND, BUNDLE_INVALID, DIGEST_MISMATCH, ...; for weights
 *   OFFLINE, FETCH_FAILED, WEIGHTS_INVALID, ...
 */
export async function openBase(request: BaseRequest, hooks: BaseHooks = {}): Promise<BaseNetwork> {
  const network = await networkOf(request, hooks);
  return request.rescaleOnly === true ? withRescaling(network) : network;
}

async function networkOf(request: BaseRequest, hooks: BaseHooks): Promise<BaseNetwork> {
  const { base, imageSize, initialWeights, weights, cut, seed = 0 } = request;
  if (isOnnxFile(base)) return openOnnx(request);
  const size = imageSize === undefined ? {} : { inputShape: [imageSize, imageSize, 3] as const };
  const fetching = fetchingOf(request, hooks);
  const options: BaseOptions = {
    seed,
    fetching,
    ...size,
    ...(cut === undefined ? {} : { cut }),
    ...(weights === undefined ? {} : { weights }),
    ...(initialWeights === "random" ? { weights: null } : {}),
  };
  checkWeights(request);
  if (isNamed(base)) {
    refusePreprocessing(request);
    return namedBase(base, options, initialWeights);
  }
  if (isHubReference(base)) {
    const { hubFile } = await import("../../fetching/hub/hubFile.ts");
    const { path: file, describing } = await hubFile(base, fetching);
    const config = isOnnxFile(file) ? describing["preprocessor_config.json"] : undefined;
    return networkOf(
      { ...(config === undefined ? {} : { preprocessing: config }), ...request, base: file },
      hooks,
    );
  }
  const isFile = await isWeightsPlace(base);
  if (isFile && (await hasModel(base))) return openModelFile(request);
  refusePreprocessing(request);
  if (isFile) {
    const { networkOfFile } = await import("../../applications/networkOfFile.ts");
    return namedBase(await networkOfFile(base), { weights: base, ...options }, initialWeights);
  }
  if (!(await isBundlePlace(base))) return namedBase(base, options, initialWeights);
  if (initialWeights === "random") return newBase(base, options);
  const whole = await bundleBase(base, size);
  return cut === undefined ? whole : cutBundleBase(whole, cut, base);
}

/** A base for its form alone: for pictures of it, or to know its preprocessing. A named network's own weights are not fetched for that. */
export async function openForm(request: BaseRequest, hooks: BaseHooks = {}): Promise<BaseNetwork> {
  // Which form of a network it is hangs on the names in the file of weights.
  const isKnown = isNamed(request.base) && request.weights === undefined;
  return openBase(isKnown ? { ...request, initialWeights: "random" } : request, hooks);
}

function fetchingOf({ offline, mirror }: BaseRequest, hooks: BaseHooks): FetchOptions {
  const { onProgress, signal, onWarning } = hooks;
  return {
    ...(offline === true ? { offline } : {}),
    ...(mirror === undefined ? {} : { mirror }),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
    ...(onWarning === undefined ? {} : { onNote: onWarning }),
  };
}

/** @throws PermafrostError INVALID_ARGUMENT where two places of weights are named. */
function checkWeights({ base, weights, initialWeights }: BaseRequest): void {
  if (weights === undefined) return;
  if (initialWeights === "random") {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `weights: random ones are asked for, and those of ${weights}. Leave one of both out.`,
    );
  }
  if (isNamed(base)) return;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `weights: expected them beside the name of a network (${baseNames.join(", ")}), got ${base}, which brings its own. Leave the weights out, or name the network.`,
  );
}

async function namedBase(
  name: string,
  options: BaseOptions,
  initialWeights: InitialWeights | undefined,
): Promise<BaseNetwork> {
  const network = await createBase(name, options);
  if (initialWeights === "pretrained" && network.weightSource === null) throw noWeights(name);
  return network;
}

function isNamed(base: string): boolean {
  return baseNames.some((name) => sameSpelling(name) === sameSpelling(base));
}

/** A file, or a folder with a TensorFlow.js model in it. */
async function isWeightsPlace(base: string): Promise<boolean> {
  const isFile = async (place: string) => (await stat(place).catch(() => undefined))?.isFile() === true;
  return (await isFile(base)) || (await isFile(path.join(base, "model.json")));
}

/** Whether a base that has no known name is the place of a bundle: anything that looks like a path, or is a folder. */
async function isBundlePlace(base: string): Promise<boolean> {
  if (path.isAbsolute(base) || /[\\/]/.test(base)) return true;
  const facts = await stat(base).catch(() => undefined);
  return facts?.isDirectory() === true;
}

/** As a bundle's base, with random weights. */
async function newBase(folder: string, options: BaseOptions): Promise<BaseNetwork> {
  const { base, baseModel } = await loadBundle(folder);
  if (baseModel !== undefined) throw noRandomWeights(folder);
  return createBase(base.name, { ...formOf(base.options), ...options });
}

async function bundleBase(folder: string, size: BaseOptions): Promise<BaseNetwork> {
  const contents = await loadBundle(folder);
  const network = await baseOfBundle(contents, folder, { ...formOf(contents.base.options), ...size });
  const { height, width } = network.preprocessing;
  return withPreprocessing(network, { ...contents.preprocessing, height, width });
}

/** Heads pool on their own, so a base ends with its maps. */
function formOf({ pooling: _, ...options }: BaseOptions): BaseOptions {
  return options;
}

/** A bundle's digest is that of its whole base, so its base is cut when it is open. */
async function cutBundleBase(base: BaseNetwork, cut: string, folder: string): Promise<BaseNetwork> {
  if (base.onnx !== undefined) throw cutAlready(folder);
  if (base.architecture === undefined) {
    const { cutNetwork } = await import("../../applications/cutNetwork.ts");
    return cutNetwork(base, cut);
  }
  const { cutArchitecture } = await import("../../applications/modelFile.ts");
  return cutArchitecture(base, cut);
}

function cutAlready(folder: string): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `--cut: the base of ${folder} is an ONNX model that was cut when the bundle was made. Leave --cut out, or give the model's file as --base.`,
    { details: { base: folder } },
  );
}

function noWeights(base: string): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${base}: expected a network that comes with pretrained weights, but none come with this one. Begin with random ones, or give the folder of a bundle.`,
    { details: { base } },
  );
}
