import { PermafrostError } from "../base/errors.ts";
import { input } from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import { loadNetworkWeights } from "../modelFiles/loadWeights.ts";
import {
  type Application,
  type ApplicationOptions,
  BaseNetwork,
  checkInputShape,
  type Network,
  type NetworkForm,
  network,
  pooledMap,
  type WeightSource,
} from "./application.ts";
import { openChosenWeights, type PublishedWeights } from "./chosenWeights.ts";
import type { NamedWeights } from "./openNamedWeights.ts";
import { type PixelScalingName, type Preprocessing, preprocessing } from "./preprocessing.ts";
import { formAskedFor, formOfFile } from "./torch/chooseForm.ts";
import { loadTorchWeights } from "./torch/loadTorchWeights.ts";
import type { TorchNaming } from "./torch/naming.ts";
import { type PictureSize, type TorchPictures, torchPreprocessing, torchRemark } from "./torch/pictures.ts";

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
   * `.weights.h5`, `.keras`, TensorFlow.js or safetensors; of one with the names of torchvision or timm, where the network has that form; or such a file of
   * Hugging Face, `hf:<owner>/<repository>/<file>`. Default
   * "imagenet": Keras's own, fetched when they are not on this machine yet.
   */
  readonly weights?: string | null;
  /**
   * "torch": torchvision's form of the network, which pads, divides and normalizes in other ways and sees other pixels. Default: the
   * form whose names of tensors the file of weights has; else "keras".
   */
  readonly form?: NetworkForm;
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

/** A network as torchvision builds it, with Keras's names of layers. */
export interface TorchForm<Options> {
  parts(options: Options): Omit<NetworkParts, "scaling" | "published" | "checkWeights">;
  /** How the programs that write its weights name the tensors. */
  readonly namings: readonly TorchNaming[];
  readonly pictures: TorchPictures;
}

/**
 * A network of the catalogue as its family describes it: what is known of it, and its parts for the options given.
 *
 * @param torch - Its other form, where torchvision has the network too.
 */
export function kerasNetwork<Options extends CatalogueOptions = CatalogueOptions>(
  record: CatalogueApplication,
  parts: (options: Options) => NetworkParts,
  torch?: TorchForm<Options>,
): Network<Options> {
  const application = torch === undefined ? record : { ...record, hasTorchForm: true };
  return network<Options>(application, (options) =>
    // Every option may be left out.
    catalogueNetwork(application, options as Options, parts(options as Options), torch),
  );
}

/**
 * A network of the catalogue in the form asked for, or in that of the file of weights.
 *
 * @throws PermafrostError INVALID_ARGUMENT for an input the network cannot take; NOT_FOUND or WEIGHTS_INVALID for weights, and all
 *   that `publishedFile` and `hubFile` throw.
 */
async function catalogueNetwork<Options extends CatalogueOptions>(
  application: CatalogueApplication,
  options: Options,
  parts: NetworkParts,
  torch: TorchForm<Options> | undefined,
): Promise<BaseNetwork> {
  const { published = application.published } = parts;
  // A variant may have files of its own.
  const unpublished = parts.published === undefined || published.length === 0 ? parts.variant : undefined;
  const chosen = formAskedFor(application, options, torch);
  const opened = await openChosenWeights({ ...application, published }, options, unpublished);
  try {
    if (torch !== undefined && (chosen ?? formOfFile(opened?.file)) === "torch")
      return await inTorchForm(application, options, torch, opened);
    const { scaling = application.scaling } = parts;
    const built = build(application, options, parts, {
      picture: (size) => preprocessing(scaling, size),
      weightSource: opened?.source ?? null,
    });
    if (opened !== undefined) {
      await loadNetworkWeights(built, opened.file);
      parts.checkWeights?.(built, opened.source.name);
    }
    return built;
  } finally {
    await opened?.file.close();
  }
}

async function inTorchForm<Options extends CatalogueOptions>(
  application: CatalogueApplication,
  options: Options,
  { parts, namings, pictures }: TorchForm<Options>,
  opened: NamedWeights | undefined,
): Promise<BaseNetwork> {
  const picture = (size: PictureSize) => torchPreprocessing(pictures, size);
  const built = build(application, options, parts(options), {
    picture,
    weightSource: opened?.source ?? null,
    form: "torch",
    ...(opened === undefined ? {} : { remarks: [torchRemark(application, opened.source.name, pictures)] }),
  });
  if (opened !== undefined) await loadTorchWeights(built, opened.file, namings);
  return built;
}

/** What does not follow from the parts. */
interface BuiltFacts extends Partial<Pick<BaseNetwork, "form" | "remarks">> {
  picture(size: PictureSize): Preprocessing;
  readonly weightSource: WeightSource | null;
}

function build(
  application: CatalogueApplication,
  options: CatalogueOptions,
  parts: NetworkParts,
  { picture, ...facts }: BuiltFacts,
): BaseNetwork {
  const { includeTop = true, pooling, seed = 0 } = options;
  const start = startOf(application, options);
  const map = parts.features(start.tensor);
  const pooled = parts.pooled ?? ((x, kind) => pooledMap(x, kind, parts.poolingNames));
  const outputs = includeTop ? parts.top(map, classifierOf(options)) : pooled(map, pooling);
  const [, height, width] = start.tensor.shape.map(Number);
  const variant = variantOf(options, parts);
  const name = options.name ?? parts.name?.(height!) ?? application.kerasName;
  return new BaseNetwork(
    { inputs: start.inputs, outputs, name, seed },
    {
      application: { ...application, blocks: blocksFrom(start.inputs[0]!.call.layer.name, application) },
      preprocessing: picture({ height: height!, width: width! }),
      pooling: includeTop ? undefined : pooling,
      ...(variant === undefined ? {} : { variant }),
      ...facts,
    },
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
