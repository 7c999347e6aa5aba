import {
  type ApplicationOptions,
  applications,
  type CatalogueOptions,
  createBase,
  type MobileNetOptions,
  type MobileNetV2Options,
  type ModelFileOptions,
  modelFileBase,
  denseNet121 as plainDenseNet121,
  mobileNet as plainMobileNet,
  mobileNetV2 as plainMobileNetV2,
  mobileNetV3Small as plainMobileNetV3Small,
  resNet50 as plainResNet50,
  small as plainSmall,
  vgg16 as plainVgg16,
  vgg19 as plainVgg19,
  vggLike as plainVggLike,
} from "../applications/index.ts";
import { type FromOnnxOptions, fromOnnx as plainFromOnnx } from "../applications/onnx/fromOnnx.ts";
import { freezeBelow, unfrozenFrom } from "../applications/unfreeze.ts";
import { BaseNetwork, trainableBase } from "./baseNetwork.ts";

export { baseNames } from "../applications/index.ts";
export type { Preprocessing } from "../applications/preprocessing.ts";
export type {
  ApplicationOptions,
  CatalogueOptions,
  FromOnnxOptions,
  MobileNetOptions,
  MobileNetV2Options,
  ModelFileOptions,
};
export { BaseNetwork };

/**
 * MobileNetV3-Small without its classifier, with the weights that come with the package.
 * Output [batch, height / 32, width / 32, 576], or [batch, 576] with pooling "avg".
 *
 * @throws PermafrostError INVALID_ARGUMENT for a size that is no multiple of 32 from 96 up.
 */
export async function mobileNetV3Small(options: ApplicationOptions = {}): Promise<BaseNetwork> {
  return trainableBase(await plainMobileNetV3Small(options));
}

/** A small encoder of four strided convolutions with random weights, to be pretrained or trained from nothing; see `models.autoencoder`. */
export async function small(options: ApplicationOptions = {}): Promise<BaseNetwork> {
  return trainableBase(await plainSmall(options));
}

/** As `small`, in the form of VGG: four blocks of two convolutions and a pooling. */
export async function vggLike(options: ApplicationOptions = {}): Promise<BaseNetwork> {
  return trainableBase(await plainVggLike(options));
}

/**
 * VGG16 of Keras's catalogue; inputs as Caffe's (see `preprocessInput`). Without its classifier the output is
 * [batch, height / 32, width / 32, 512]. Weights: "imagenet" (Keras's own, fetched when they are not here), "random", or the path of
 * a file with Keras's layer names (`.h5`, ...).
 *
 * @throws PermafrostError INVALID_ARGUMENT for a size below 32; OFFLINE, FETCH_FAILED, DIGEST_MISMATCH, WEIGHTS_INVALID for weights.
 */
export async function vgg16(options: CatalogueOptions = {}): Promise<BaseNetwork> {
  return trainableBase(await plainVgg16(options));
}

/** VGG19; see `vgg16`. */
export async function vgg19(options: CatalogueOptions = {}): Promise<BaseNetwork> {
  return trainableBase(await plainVgg19(options));
}

/** ResNet50; inputs and weights as `vgg16`, output [batch, height / 32, width / 32, 2048] without its classifier. */
export async function resNet50(options: CatalogueOptions = {}): Promise<BaseNetwork> {
  return trainableBase(await plainResNet50(options));
}

/** DenseNet121; inputs of ImageNet's mean and deviation, weights as `vgg16`, output [batch, height / 32, width / 32, 1024] without its classifier. */
export async function denseNet121(options: CatalogueOptions = {}): Promise<BaseNetwork> {
  return trainableBase(await plainDenseNet121(options));
}

/** MobileNet; inputs from -1 to 1, weights as `vgg16`, output [batch, height / 32, width / 32, 1024 · alpha] without its classifier. */
export async function mobileNet(options: MobileNetOptions = {}): Promise<BaseNetwork> {
  return trainableBase(await plainMobileNet(options));
}

/** MobileNetV2; inputs from -1 to 1, weights as `vgg16`, output [batch, height / 32, width / 32, 1280] without its classifier. */
export async function mobileNetV2(options: MobileNetV2Options = {}): Promise<BaseNetwork> {
  return trainableBase(await plainMobileNetV2(options));
}

/**
 * Any ONNX model as a base network: `fromOnnx("dino.onnx", { cut: "last_hidden_state" })`. What lies before the cut runs as it is, with
 * its own operators; with `unfreeze` the nodes above a place become layers that can be trained.
 *
 * @throws PermafrostError NOT_FOUND, WEIGHTS_INVALID for a file that is no sound model; UNKNOWN_NAME for a cut that it has not;
 *   SHAPE_MISMATCH for inputs that are no pictures; ENGINE_FAILED when ONNX Runtime cannot run it; NO_GRADIENT for an operator that
 *   cannot be trained.
 */
export async function fromOnnx(file: string, options: FromOnnxOptions = {}): Promise<BaseNetwork> {
  return trainableBase(await plainFromOnnx(file, options));
}

/**
 * A base network by its name in any spelling: "mobilenet_v3_small", "mobileNetV3Small".
 *
 * @throws PermafrostError UNKNOWN_NAME that lists the names and the nearest one.
 */
export async function byName(name: string, options: ApplicationOptions = {}): Promise<BaseNetwork> {
  return trainableBase(await createBase(name, options));
}

/**
 * A model of Keras or TensorFlow.js as a base network, cut before its classifier: `.keras`, a whole legacy `.h5`, a `model.json` or its
 * folder.
 *
 * @param options - `cut`: the layer behind which the base ends. `preprocessing`: how pixels are scaled, where the file does not tell.
 * @throws PermafrostError MODEL_UNSUPPORTED naming layer, class and option; WEIGHTS_INVALID for weights that are damaged or missing, with
 *   the cut up to which the others can be used; INVALID_ARGUMENT when cut or preprocessing must be said.
 * @example const convBase = await applications.fromKeras("mobilenet/model.json", { cut: "conv_pw_12_relu" });
 */
export async function fromKeras(path: string, options: ModelFileOptions = {}): Promise<BaseNetwork> {
  return trainableBase(await modelFileBase(path, applications, options));
}

/**
 * Trains the upper layers of a base network and freezes those below. Compile the model again for it to take effect.
 *
 * Put the base into a model with `convBase.apply(x, { training: false })` to keep its BatchNormalization in inference form.
 *
 * @param part - A block's name (it and all behind it), `last:3` (blocks), `from:<layer>`, `all`, or `none`.
 * @throws PermafrostError UNKNOWN_NAME that lists the names; INVALID_ARGUMENT when no weight would be trained.
 */
export function unfreeze(convBase: BaseNetwork, part: string): void {
  freezeBelow(convBase, part === "none" ? undefined : unfrozenFrom(convBase, part));
}
