import { PermafrostError } from "../base/errors.ts";
import { loadBaseModel } from "../modelFiles/loadModel.ts";
import { readModel } from "../modelFiles/readModel.ts";
import { writeModel } from "../modelFiles/writeModel.ts";
import type { Model } from "../models/functional.ts";
import { type Application, type Architecture, BaseNetwork, pooledMap } from "./application.ts";
import type { CatalogueApplication } from "./catalogueApplication.ts";
import { cutNetwork } from "./cutNetwork.ts";
import { type PixelScalingName, type Preprocessing, preprocessing } from "./preprocessing.ts";

/** A network that a file describes; what is known of it, its bundle says. */
export const modelFileApplication: Application = {
  name: "modelFile",
  commandName: "model_file",
  weights: [],
  defaultSize: 224,
  minimumSize: 1,
  sizeMultiple: 1,
  blocks: [],
};

/** Names of scalings that a user can say; "imagenet" is Keras's "torch". */
export const modelFileScalings = ["imagenet", "torch", "tf", "caffe", "rescale", "none"] as const;

export interface ModelFileOptions {
  /** Name of the layer behind which the base ends. Default: the last maps before the classifier. */
  readonly cut?: string | undefined;
  /** [height, width, 3] in place of the file's; needed where the file leaves sizes open. */
  readonly inputShape?: readonly [number, number, number] | undefined;
  /** "avg" or "max": the mean or the largest over positions. Default: the maps. */
  readonly pooling?: "avg" | "max" | undefined;
  /**
   * How pixels become inputs: "tf" (-1 to 1), "imagenet" or "torch", "caffe", "rescale" (0 to 1), "none" (0 to 255), or a record. Default: "none" for
   * a network that begins with Rescaling or Normalization, else that of the network of Keras's catalogue whose layers it has; for
   * Teachable Machine's models -1 to 1, the middle square of each picture.
   */
  readonly preprocessing?: string | Preprocessing | undefined;
  /** Default: the model's. */
  readonly name?: string | undefined;
}

/**
 * A model of Keras or TensorFlow.js as a base: `.keras`, whole legacy `.h5`, `model.json` or its folder.
 *
 * @param known - The networks whose layers are looked for.
 * @throws PermafrostError MODEL_UNSUPPORTED naming layer and option; WEIGHTS_INVALID; UNKNOWN_NAME or INVALID_ARGUMENT for the cut;
 *   INVALID_ARGUMENT when it is not known how pixels are scaled.
 */
export async function modelFileBase(
  path: string,
  known: readonly Application[],
  options: ModelFileOptions = {},
): Promise<BaseNetwork> {
  const { cut, inputShape, pooling, name } = options;
  const { model, labels } = await loadBaseModel(path, { cut, inputShape });
  const { height, width } = pictureSize(model, path);
  const record = chosenPreprocessing(model, path, known, { ...options, labelled: labels !== undefined });
  return baseOf(model, known, { pooling, name, preprocessing: { ...record, height, width } });
}

/**
 * The network of a bundle whose base was a model file, with first weights; its preprocessing is the bundle's.
 *
 * @throws PermafrostError MODEL_UNSUPPORTED for an architecture that was not written here.
 */
export function architectureBase(
  architecture: Architecture,
  known: readonly Application[],
  { inputShape, pooling }: Pick<ModelFileOptions, "inputShape" | "pooling">,
): BaseNetwork {
  const model = readModel(architecture, { path: "the bundle's base", kerasVersion: "3.0", inputShape });
  const { height, width } = pictureSize(model, "the bundle's base");
  return baseOf(model, known, { pooling, preprocessing: preprocessing("none", { height, width }) });
}

/**
 * The network of such a bundle up to a layer or block.
 *
 * @throws PermafrostError as `cutNetwork`.
 */
export function cutArchitecture(network: BaseNetwork, cut: string): BaseNetwork {
  const left = cutNetwork(network, cut);
  const { inputs, outputs, name, seed } = left;
  const facts = { ...left, cut: undefined, architecture: writeModel(left) };
  return new BaseNetwork({ inputs, outputs, name, seed }, facts);
}

function baseOf(
  model: Model,
  known: readonly Application[],
  {
    pooling,
    name,
    preprocessing: record,
  }: Pick<ModelFileOptions, "pooling" | "name"> & { readonly preprocessing: Preprocessing },
): BaseNetwork {
  const outputs = pooledMap(model.outputs[0]!, pooling);
  return new BaseNetwork(
    { inputs: model.inputs, outputs, name: name ?? model.name, seed: model.seed },
    {
      application: { ...modelFileApplication, blocks: blocksOf(model, known) },
      preprocessing: record,
      weightSource: null,
      pooling,
      architecture: writeModel(model),
    },
  );
}

function pictureSize(model: Model, where: string): { readonly height: number; readonly width: number } {
  const [input, ...others] = model.inputs;
  const [, height, width, channels] = input!.shape.map(Number);
  if (others.length === 0 && input!.shape.length === 4 && channels === 3)
    return { height: height!, width: width! };
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `${where}: expected a network on pictures [height, width, 3], this one takes ${model.inputs.map(({ shape }) => `[${shape.slice(1).join(", ")}]`).join(" and ")}.`,
  );
}

function chosenPreprocessing(
  model: Model,
  path: string,
  known: readonly Application[],
  { preprocessing: given, labelled }: ModelFileOptions & { readonly labelled: boolean },
): Preprocessing {
  const size = pictureSize(model, path);
  if (typeof given === "object") return given;
  if (given !== undefined) return preprocessing(scalingNamed(given, path), size);
  if (labelled) return preprocessing("tf", { ...size, fit: "crop" });
  if (scalesInside(model)) return preprocessing("none", size);
  const scalings = new Set(networksLike(model, known).map(({ scaling }) => scaling));
  const [scaling] = scalings;
  if (scaling !== undefined && scalings.size === 1) return preprocessing(scaling, size);
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${path}: it does not say how pixels were scaled when it was trained, and a wrong guess costs accuracy. ` +
      "Say it with preprocessing (--preprocessing on the command line): tf (-1 to 1), imagenet (ImageNet's mean and deviation), caffe, rescale (0 to 1) or none (0 to 255).",
    { details: { path } },
  );
}

function scalingNamed(name: string, path: string): PixelScalingName {
  const scaling = modelFileScalings.find((one) => one === name);
  if (scaling !== undefined) return scaling === "imagenet" ? "torch" : scaling;
  throw new PermafrostError(
    "UNKNOWN_NAME",
    `${path}: unknown preprocessing ${JSON.stringify(name)}. Known: ${modelFileScalings.join(", ")}.`,
    { details: { name, known: modelFileScalings } },
  );
}

/** Whether the first thing that happens to pixels is that they are scaled. */
function scalesInside(model: Model): boolean {
  const scaled = new Set(["Rescaling", "Normalization"]);
  // What may stand before: layers that move pixels and leave their values.
  const moved = /^(Random|Resizing|CenterCrop|ZeroPadding2D|Cropping2D)/;
  const first = model.topology.calls.find(({ layer }) => !moved.test(layer.kind));
  return first !== undefined && scaled.has(first.layer.kind);
}

/** The networks of the catalogue whose layers a model has: as many of their stages as lie before its cut. */
function networksLike(model: Model, known: readonly Application[]): readonly CatalogueApplication[] {
  const names = new Set(model.layers.map(({ name }) => name));
  const found = known.filter(isOfCatalogue).map((application) => {
    const there = application.stages.map((stage) => names.has(stage));
    const count = there.lastIndexOf(true) + 1;
    return { application, count: there.slice(0, count).every(Boolean) ? count : 0 };
  });
  const most = Math.max(...found.map(({ count }) => count));
  return most < 2 ? [] : found.filter(({ count }) => count === most).map(({ application }) => application);
}

function isOfCatalogue(application: Application): application is CatalogueApplication {
  return "scaling" in application && "stages" in application;
}

/** The blocks of the network that it is, up to its cut, if all of their first layers are there. */
function blocksOf(model: Model, known: readonly Application[]): Application["blocks"] {
  const [like] = networksLike(model, known);
  if (like === undefined) return [];
  const names = new Set(model.layers.map(({ name }) => name));
  const input = model.inputs[0]!.call.layer.name;
  const blocks = like.blocks.map((block, index) => (index === 0 ? { ...block, firstLayer: input } : block));
  const end = blocks.findLastIndex(({ firstLayer }) => names.has(firstLayer)) + 1;
  const there = blocks.slice(0, end);
  return there.every(({ firstLayer }) => names.has(firstLayer)) ? there : [];
}
