import { decodePredictions } from "../applications/decodePredictions.ts";
import { type BaseOptions, baseNames, createBase, applications as known } from "../applications/index.ts";
import { type ModelFileOptions, modelFileBase } from "../applications/modelFile.ts";
import * as networks from "../applications/networks.ts";
import { type FromOnnxOptions, fromOnnx } from "../applications/onnx/fromOnnx.ts";
import { freezeBelow, unfrozenFrom } from "../applications/unfreeze.ts";
import { type BaseNetwork, trainableBase } from "./baseNetwork.ts";

/** A network's function that hands back a model with `compile` and `fit`. */
type Trainable<Create> = Create extends (options?: infer Options) => Promise<unknown>
  ? (options?: Options) => Promise<BaseNetwork>
  : never;

type TrainableNetworks = { readonly [Name in keyof typeof networks]: Trainable<(typeof networks)[Name]> };

/** What there is beside the networks. */
interface NetworkTools {
  /** The names that `byName` and the command line's `--base` take. */
  readonly baseNames: readonly string[];

  /**
   * A base network by its name in any spelling: "mobilenet_v3_small", "mobileNetV3Small"; with `cut` up to a layer or block of it.
   *
   * @throws PermafrostError UNKNOWN_NAME that lists the names and the nearest one; INVALID_ARGUMENT for a cut where no maps are.
   */
  byName(name: string, options?: BaseOptions): Promise<BaseNetwork>;

  /**
   * Any ONNX model as a base network: `fromOnnx("dino.onnx", { cut: "last_hidden_state" })`. What lies before the cut runs as it is, with
   * its own operators; with `unfreeze` the nodes above a place become layers that can be trained.
   *
   * @throws PermafrostError NOT_FOUND, WEIGHTS_INVALID for a file that is no sound model; UNKNOWN_NAME for a cut that it has not;
   *   SHAPE_MISMATCH for inputs that are no pictures; ENGINE_FAILED when ONNX Runtime cannot run it; NO_GRADIENT for an operator that
   *   cannot be trained.
   */
  fromOnnx(file: string, options?: FromOnnxOptions): Promise<BaseNetwork>;

  /**
   * A model of Keras or TensorFlow.js as a base network, cut before its classifier: `.keras`, a whole legacy `.h5`, a `model.json` or its
   * folder.
   *
   * @param options - `cut`: the layer behind which the base ends. `preprocessing`: how pixels are scaled, where the file does not tell.
   * @throws PermafrostError MODEL_UNSUPPORTED naming layer, class and option; WEIGHTS_INVALID for weights that are damaged or missing,
   *   with the cut up to which the others can be used; INVALID_ARGUMENT when cut or preprocessing must be said.
   * @example const convBase = await applications.fromKeras("mobilenet/model.json", { cut: "conv_pw_12_relu" });
   */
  fromKeras(path: string, options?: ModelFileOptions): Promise<BaseNetwork>;

  /**
   * The likeliest classes of each picture, best first (Keras's `decode_predictions`); of equal scores the later class first.
   *
   * @param predictions - [pictures, 1000], of a network with its classifier.
   * @throws PermafrostError SHAPE_MISMATCH for other predictions; NOT_FOUND without the file; DATA_INVALID for another file.
   */
  decodePredictions: typeof decodePredictions;

  /**
   * Trains the upper layers of a base network and freezes those below. Compile the model again for it to take effect.
   *
   * Put the base into a model with `convBase.apply(x, { training: false })` to keep its BatchNormalization in inference form.
   *
   * @param part - A block's name (it and all behind it), `last:3` (blocks), `from:<layer>`, `all`, or `none`.
   * @throws PermafrostError UNKNOWN_NAME that lists the names; INVALID_ARGUMENT when no weight would be trained.
   */
  unfreeze(convBase: BaseNetwork, part: string): void;
}

/** Every network of the list, as a user gets it. */
function trainableNetworks(): TrainableNetworks {
  const wrapped = Object.entries(networks).map(([name, create]) => [
    name,
    // Each takes its own options; the type above says which.
    async (options: never) => trainableBase(await create(options)),
  ]);
  return Object.fromEntries(wrapped) as TrainableNetworks;
}

/**
 * The base networks (Keras's `keras.applications`), each a function of options as `applications.vgg16({ weights, includeTop, inputShape,
 * pooling, ... })`; their table is docs/applications.md.
 *
 * Weights of networks from Keras's catalogue: "random", or the path of a file with Keras's layer names (`.h5`, ...). All of them throw
 * a PermafrostError: INVALID_ARGUMENT for an input the network cannot take, NOT_FOUND or WEIGHTS_INVALID for weights.
 */
export const applications: TrainableNetworks & NetworkTools = {
  ...trainableNetworks(),
  baseNames,
  decodePredictions,
  fromOnnx: async (file, options = {}) => trainableBase(await fromOnnx(file, options)),
  fromKeras: async (path, options = {}) => trainableBase(await modelFileBase(path, known, options)),
  byName: async (name, options = {}) => trainableBase(await createBase(name, options)),
  unfreeze: (convBase, part) =>
    freezeBelow(convBase, part === "none" ? undefined : unfrozenFrom(convBase, part)),
};
