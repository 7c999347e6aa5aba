import { PermafrostError } from "../base/errors.ts";
import type { WeightFile } from "../formats/weightFile.ts";
import { input } from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import { loadNetworkWeights } from "../modelFiles/loadWeights.ts";
import {
  type Application,
  type ApplicationOptions,
  BaseNetwork,
  checkInputShape,
  type Network,
  network,
  pooledMap,
  type WeightSource,
} from "./application.ts";

import { type PixelScalingName, preprocessing } from "./preprocessing.ts";

/** A file of weights as its authors publish it. */
export interface PublishedWeights {
  readonly file: string;
  /** The address of its folder. */
  readonly origin: string;
  /** With the classifier of ImageNet's 1000 classes. */
  readonly includeTop: boolean;
  /** One of the two; both left out: its authors give none. */
  readonly md5?: string;
  readonly sha256?: string;
  readonly licence: string;
}

/** A network of Keras's catalogue (`keras.applications`). */
export interface CatalogueApplication extends Application {
  /** Keras's name of the model. */
  readonly kerasName: string;
  /** What `preprocess_input` does. */
  readonly scaling: PixelScalingName;
  readonly published: readonly PublishedWeights[];
  /** The last layer of each size of maps, from 1 / 2 of the picture to 1 / 32. */
  readonly stages: readonly string[];
}

/** Keras's arguments of the networks in `keras.applications`. */
export interface CatalogueOptions extends Omit<ApplicationOptions, "includeTop" | "weights"> {
  /**
   * "random" or null: random weights; else the path of a file with Keras's layer names in Keras's layout: the published `.h5`,
   * `.weights.h5`, `.keras`, TensorFlow.js or safetensors; or such a file of Hugging Face, `hf:<owner>/<repository>/<file>`. Default
   * "imagenet": Keras's own, fetched when they are not on this machine yet.
   */
  readonly weights?: string | null;
  /** With the classifier. Default true, as in Keras. */
  readonly includeTop?: boolean;
  /** Builds on this tensor [batch, height, width, 3] in place of an input of its own. */
  readonly inputTensor?: SymbolicTensor;
  /** Classes of the classifier. Default 1000. */
  readonly classes?: number;
  /** Of the classifier; null: none. Default "softmax". */
  readonly classifierActivation?: string | null;
}

/** What a classifier is made by. */
export interface Classifier {
  readonly classes: number;
  readonly activation: string | null;
}

/** The two parts of a network. */
export interface NetworkParts {
  features(x: SymbolicTensor): SymbolicTensor;
  /** The classifier on the features' map. */
  top(map: SymbolicTensor, classifier: Classifier): SymbolicTensor;
  /** The model's name at a height of so many rows. Default: Keras's fixed name. */
  name?(rows: number): string;
  /** Names of the global poolings. Default: automatic. */
  readonly poolingNames?: { readonly avg: string; readonly max: string };
  /** What becomes of the map without the classifier. Default: pooled if asked for, else as it is. */
  pooled?(map: SymbolicTensor, pooling: "avg" | "max" | undefined): SymbolicTensor;
  /** In which way it differs from the network that `createBase` makes, in words. Left out: in none. */
  readonly variant?: string;
  /** Of this variant. Default: the record's. */
  readonly published?: readonly PublishedWeights[];
  /** Of this variant. Default: the record's. */
  readonly scaling?: PixelScalingName;
  /** Throws for weights that this form of the network cannot have. */
  checkWeights?(network: BaseNetwork, file: string): void;
}

/** A network of the catalogue as its family describes it: what is known of it, and its parts for the options given. */
export function kerasNetwork<Options extends CatalogueOptions = CatalogueOptions>(
  application: CatalogueApplication,
  parts: (options: Options) => NetworkParts,
): Network<Options> {
  return network<Options>(application, (options) =>
    // Every option may be left out.
    catalogueNetwork(application, options, parts(options as Options)),
  );
}

/**
 * A network of the catalogue in the form asked for.
 *
 * @throws PermafrostError INVALID_ARGUMENT for an input the network cannot take; NOT_FOUND or WEIGHTS_INVALID for weights, and all
 *   that `publishedFile` and `hubFile` throw.
 */
async function catalogueNetwork(
  application: CatalogueApplication,
  options: CatalogueOptions,
  parts: NetworkParts,
): Promise<BaseNetwork> {
  const { includeTop = true, pooling, seed = 0 } = options;
  const { published = application.published, scaling = application.scaling } = parts;
  // A variant may have files of its own.
  const unpublished = parts.published === undefined || published.length === 0 ? parts.variant : undefined;
  const opened = await openChosen({ ...application, published }, options, unpublished);
  const start = startOf(application, options);
  const map = parts.features(start.tensor);
  const pooled = parts.pooled ?? ((x, kind) => pooledMap(x, kind, parts.poolingNames));
  const outputs = includeTop ? parts.top(map, classifierOf(options)) : pooled(map, pooling);
  const [, height, width] = start.tensor.shape.map(Number);
  const variant = variantOf(options, parts);
  const name = options.name ?? parts.name?.(height!) ?? application.kerasName;
  const built = new BaseNetwork(
    { inputs: start.inputs, outputs, name, seed },
    {
      application: { ...application, blocks: blocksFrom(start.inputs[0]!.call.layer.name, application) },
      preprocessing: preprocessing(scaling, { height: height!, width: width! }),
      weightSource: opened?.source ?? null,
      pooling: includeTop ? undefined : pooling,
      ...(variant === undefined ? {} : { variant }),
    },
  );
  if (opened !== undefined) {
    await readInto(built, opened.file);
    parts.checkWeights?.(built, opened.source.name);
  }
  return built;
}

async function readInto(network: BaseNetwork, weights: WeightFile): Promise<void> {
  try {
    await loadNetworkWeights(network, weights);
  } finally {
    await weights.close();
  }
}

/** The file of the weights, open, and where it is from; undefined: random ones. */
async function openChosen(
  application: CatalogueApplication,
  options: CatalogueOptions,
  variant: string | undefined,
): Promise<{ readonly file: WeightFile; readonly source: WeightSource } | undefined> {
  const { weights = "imagenet", fetching } = options;
  if (weights === null || weights === "random") return undefined;
  // Loaded only here: most bases bring their weights along.
  const { openFileWeights, openPublishedWeights } = await import("./openNamedWeights.ts");
  if (weights !== "imagenet") return openFileWeights(weights, fetching);
  return openPublishedWeights(application, publishedFor(application, options, variant), fetching);
}

/** The published weights of this very form of the network. */
function publishedFor(
  { name, published }: CatalogueApplication,
  { includeTop = true, classes = 1000 }: CatalogueOptions,
  variant: string | undefined,
): PublishedWeights {
  const known = published.find((one) => one.includeTop === includeTop);
  if (known !== undefined && variant === undefined && (!includeTop || classes === 1000)) return known;
  const form = variant ?? (includeTop ? `with a classifier of ${classes} classes` : "without its classifier");
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${name}: no weights are published of this network ${form}. Give the path of a file as weights, or weights: "random" to begin with random ones.`,
    { details: { application: name } },
  );
}

interface Start {
  readonly inputs: readonly SymbolicTensor[];
  readonly tensor: SymbolicTensor;
}

function startOf(application: Application, { inputShape, inputTensor }: CatalogueOptions): Start {
  if (inputTensor === undefined) {
    const tensor = input({ shape: checkInputShape(application, inputShape), name: "input_layer" });
    return { inputs: [tensor], tensor };
  }
  const shape = inputTensor.shape.slice(1).map(Number);
  checkInputShape(application, shape);
  if (inputShape === undefined || inputShape.join() === shape.join())
    return { inputs: sourcesOf(inputTensor), tensor: inputTensor };
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${application.name}: inputTensor has the shape [${shape.join(", ")}], inputShape says [${inputShape.join(", ")}]. Leave inputShape out.`,
  );
}

/** The inputs that a tensor is computed from. */
function sourcesOf(tensor: SymbolicTensor): readonly SymbolicTensor[] {
  const sources = new Set<SymbolicTensor>();
  const seen = new Set<SymbolicTensor>();
  const waiting = [tensor];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (next.call.inputs.length === 0) sources.add(next);
    waiting.push(...next.call.inputs);
  }
  return [...sources];
}

function classifierOf({ classes = 1000, classifierActivation = "softmax" }: CatalogueOptions): Classifier {
  return { classes, activation: classifierActivation };
}

function variantOf({ includeTop = true, inputTensor }: CatalogueOptions, parts: NetworkParts) {
  const ways = [
    ...(includeTop ? ["with its classifier"] : []),
    ...(inputTensor === undefined ? [] : ["on another tensor"]),
    ...(parts.variant === undefined ? [] : [parts.variant]),
  ];
  return ways.length === 0 ? undefined : ways.join(", ");
}

/** The first block begins with the input, whatever its name is. */
function blocksFrom(inputName: string, { blocks }: Application): Application["blocks"] {
  return blocks.map((block, index) => (index === 0 ? { ...block, firstLayer: inputName } : block));
}
