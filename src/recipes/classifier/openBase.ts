import { stat } from "node:fs/promises";
import path from "node:path";
import { type ApplicationOptions, BaseNetwork, baseNames, createBase } from "../../applications/index.ts";
import { PermafrostError } from "../../base/errors.ts";
import { sameSpelling } from "../../base/identifiers.ts";
import { setNamedWeights, weightsDigest } from "../../models/weights.ts";
import { checkBase, loadBundle } from "../../saving/loadBundle.ts";

/** Whether a network begins with random weights or with those of an earlier training; the latter must be there. */
export type InitialWeights = "random" | "pretrained";

/** Which base network a job begins with. */
export interface BaseRequest {
  /** A name of the list, or the folder of a bundle whose base is taken as it was trained. */
  readonly base: string;
  /** Side of the square that it sees, in pixels. Default: the base's own, or the bundle's. */
  readonly imageSize?: number;
  /** Default: the weights that come with it, or random ones where there are none (`small`, `vgg_like`). */
  readonly initialWeights?: InitialWeights;
  /** For random weights. Default 0. */
  readonly seed?: number;
}

/**
 * The base network that a job asks for. That of a bundle keeps the bundle's preprocessing, and its weights are held against the digest
 * that the bundle names.
 *
 * @throws PermafrostError UNKNOWN_NAME that lists the names; for a folder NOT_FOUND, BUNDLE_INVALID, DIGEST_MISMATCH, ...
 */
export async function openBase({
  base,
  imageSize,
  initialWeights,
  seed = 0,
}: BaseRequest): Promise<BaseNetwork> {
  const size = imageSize === undefined ? {} : { inputShape: [imageSize, imageSize, 3] as const };
  const options: ApplicationOptions = {
    seed,
    ...size,
    ...(initialWeights === "random" ? { weights: null } : {}),
  };
  if (!(await isBundlePlace(base))) {
    const network = await createBase(base, options);
    if (initialWeights === "pretrained" && network.weightSource === null) throw noWeights(base);
    return network;
  }
  return initialWeights === "random" ? newBase(base, options) : bundleBase(base, size);
}

/** Whether a base is named by the place of a bundle: anything that looks like a path, or is a folder and no known name. */
export async function isBundlePlace(base: string): Promise<boolean> {
  if (baseNames.some((name) => sameSpelling(name) === sameSpelling(base))) return false;
  if (path.isAbsolute(base) || /[\\/]/.test(base)) return true;
  const facts = await stat(base).catch(() => undefined);
  return facts?.isDirectory() === true;
}

/** As a bundle's base, with random weights. */
async function newBase(folder: string, options: ApplicationOptions): Promise<BaseNetwork> {
  const { base } = await loadBundle(folder);
  return createBase(base.name, { ...formOf(base.options), ...options });
}

async function bundleBase(folder: string, size: ApplicationOptions): Promise<BaseNetwork> {
  const { base, embeddedBase, preprocessing } = await loadBundle(folder);
  const weights = embeddedBase === undefined ? {} : { weights: null };
  const network = await createBase(base.name, { ...formOf(base.options), ...size, ...weights });
  if (embeddedBase !== undefined) setNamedWeights(network, embeddedBase);
  checkBase(folder, base, weightsDigest(network));
  const { inputs, outputs, name, seed, application, weightSource, pooling } = network;
  const { height, width } = network.preprocessing;
  return new BaseNetwork(
    { inputs, outputs, name, seed },
    { application, weightSource, pooling, preprocessing: { ...preprocessing, height, width } },
  );
}

/** Heads pool on their own, so a base ends with its maps. */
function formOf({ pooling: _, ...options }: ApplicationOptions): ApplicationOptions {
  return options;
}

function noWeights(base: string): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${base}: expected a network that comes with pretrained weights, but none come with this one. Begin with random ones, or give the folder of a bundle.`,
    { details: { base } },
  );
}
