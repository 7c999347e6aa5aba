import type { Digest } from "../base/digest.ts";
import { PermafrostError } from "../base/errors.ts";
import type { FetchOptions } from "../fetching/settings.ts";
import { globalAveragePooling2D, globalMaxPooling2D } from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import { Model, type ModelOptions } from "../models/functional.ts";
import type { OnnxForm } from "./onnx/onnxForm.ts";
import type { Preprocessing } from "./preprocessing.ts";

/** Where weights come from, and under which licence. */
export interface WeightSource {
  /** What users write: "embedded". */
  readonly name: string;
  /** The npm package or address that has them; of a file of the user's own its name, without its place. */
  readonly origin: string;
  /** Of the file; of one that names others, of itself alone. */
  readonly sha256: Digest;
  readonly licence: string;
  /** From a file that the user named: bundles hold a copy of such weights, because they are not found again by a name. */
  readonly isOwn?: true;
}

/** A part of a network that is unfrozen as a whole. */
export interface NetworkBlock {
  /** "block5". */
  readonly name: string;
  /** The first of its layers in `layers`; it reaches to the next block's first. */
  readonly firstLayer: string;
}

/** What is known of a base network before it is built. */
export interface Application {
  /** Our name: "mobileNetV3Small". */
  readonly name: string;
  /** The name on the command line: "mobilenet_v3_small". */
  readonly commandName: string;
  readonly weights: readonly WeightSource[];
  /** Pixels of height and width when nothing is said. */
  readonly defaultSize: number;
  readonly minimumSize: number;
  /** Height and width are multiples of this. */
  readonly sizeMultiple: number;
  /** From the input to the output, every layer in one of them; empty: not known. */
  readonly blocks: readonly NetworkBlock[];
  /** Whether it can be built as torchvision or timm do, from weights with PyTorch's names. Default false. */
  readonly hasTorchForm?: boolean;
}

/**
 * A network as Keras builds it, or as others do: with other padding, epsilons, places of strides, and pixels. "torch": torchvision, and
 * timm where it does the same; "timm": timm, where it does not; "tf": timm's models that it took over from TensorFlow.
 */
export const networkForms = ["keras", "torch", "timm", "tf"] as const;

export type NetworkForm = (typeof networkForms)[number];

/** What every base network can be asked for (Keras's arguments of `keras.applications`). */
export interface ApplicationOptions {
  /** The name of a weight source, or null for random weights. Default: the application's first source. */
  readonly weights?: string | null;
  /** Only false: the classifier for other people's classes is not offered. */
  readonly includeTop?: false;
  /** [height, width, 3]. */
  readonly inputShape?: readonly [number, number, number];
  /** "avg" or "max": the mean or the largest over positions, [batch, channels]. Default: the map [batch, rows, columns, channels]. */
  readonly pooling?: "avg" | "max";
  /** Default: Keras's name of the network. */
  readonly name?: string;
  /** For random weights. */
  readonly seed?: number;
  /** Of a network that both programs have. Default: that of the file of weights, else "keras". */
  readonly form?: NetworkForm;
  /** How weights that are not on this machine are fetched. Default: as the environment says, in silence. */
  readonly fetching?: FetchOptions;
  /** Of a bundle whose base is a model from a file. */
  readonly architecture?: Architecture;
}

/** An ONNX model that serves as a base: enough to build it again. */
export interface OnnxSource {
  /** The model up to its cut, with its weights. */
  readonly bytes: Uint8Array;
  readonly form: OnnxForm;
}
/** A network as a configuration of Keras 3 describes it: enough to build it again. */
export type Architecture = Readonly<Record<string, unknown>>;

/** A pretrained network, with what its inputs must be made by and where its weights are from. */
export class BaseNetwork extends Model {
  readonly application: Application;
  readonly preprocessing: Preprocessing;
  /** null: random weights, or those of a bundle. */
  readonly weightSource: WeightSource | null;
  readonly pooling: "avg" | "max" | undefined;
  /** In which way it differs from the network that `createBase` makes, in words; undefined: in none. */
  readonly variant: string | undefined;
  /** The ONNX model that it is, where it is one. */
  readonly onnx: OnnxSource | undefined;
  /** As another program builds it. undefined: the form that `createBase` makes by itself. */
  readonly form: Exclude<NetworkForm, "keras"> | undefined;
  /** What whoever uses it should know, in sentences. */
  readonly remarks: readonly string[];
  /** Of a network from a file: its maps' network, without the pooling. */
  readonly architecture: Architecture | undefined;
  /** The layer behind which a network of the list was cut off; undefined: it is whole. */
  readonly cut: string | undefined;

  constructor(
    options: ModelOptions,
    base: Pick<BaseNetwork, "application" | "preprocessing" | "weightSource" | "pooling"> & {
      readonly variant?: string | undefined;
      readonly onnx?: OnnxSource | undefined;
      readonly form?: NetworkForm | undefined;
      readonly remarks?: readonly string[];
      readonly architecture?: Architecture | undefined;
      readonly cut?: string | undefined;
    },
  ) {
    super(options);
    this.application = base.application;
    this.preprocessing = base.preprocessing;
    this.weightSource = base.weightSource;
    this.pooling = base.pooling;
    this.variant = base.variant;
    this.onnx = base.onnx;
    this.form = base.form === "keras" ? undefined : base.form;
    this.remarks = base.remarks ?? [];
    this.architecture = base.architecture;
    this.cut = base.cut;
  }
}

/** Whether a network's weights can be had again by their name; others go into the bundle of what is trained on them. */
export function isFoundAgain({ weightSource }: Pick<BaseNetwork, "weightSource">): boolean {
  return weightSource !== null && weightSource.isOwn !== true;
}

/** A function that builds a network, and what is known of the network before. */
export interface Network<Options = ApplicationOptions> {
  (options?: Options): Promise<BaseNetwork>;
  readonly application: Application;
}

/** Ties the function that builds a network to its record. */
export function network<Options extends object>(
  application: Application,
  build: (options: Options | Record<never, never>) => Promise<BaseNetwork>,
): Network<Options> {
  return Object.assign((options: Options | Record<never, never> = {}) => build(options), { application });
}

/**
 * The input shape asked for, or the default.
 *
 * @throws PermafrostError INVALID_ARGUMENT for a size that the network cannot take.
 */
export function checkInputShape(
  application: Application,
  given: readonly number[] | undefined,
): readonly [height: number, width: number, channels: 3] {
  const { name, defaultSize, minimumSize, sizeMultiple } = application;
  const [height, width, channels, ...rest] = given ?? [defaultSize, defaultSize, 3];
  const fits = (size: number | undefined): size is number =>
    Number.isInteger(size) && size! >= minimumSize && size! % sizeMultiple === 0;
  if (fits(height) && fits(width) && channels === 3 && rest.length === 0) return [height, width, 3];
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${name}: expected an input shape [height, width, 3] with sizes that are multiples of ${sizeMultiple} from ${minimumSize} up, got [${given?.join(", ")}].`,
    { details: { application: name, inputShape: given } },
  );
}

/**
 * The weight source asked for; null for random weights, which a network without sources always has.
 *
 * @throws PermafrostError UNKNOWN_NAME that lists the sources.
 */
export function weightSourceOf(
  { name, weights }: Application,
  given: string | null | undefined,
): WeightSource | null {
  if (given === null || (given === undefined && weights.length === 0)) return null;
  const source = given === undefined ? weights[0] : weights.find((one) => one.name === given);
  if (source !== undefined) return source;
  throw new PermafrostError(
    "UNKNOWN_NAME",
    `${name}: no weights ${JSON.stringify(given)}. Known: ${weights.map((one) => `${one.name}, or `).join("")}null for random weights.`,
  );
}

/** The features in the form asked for: pooled over positions, or the map as it is. */
export function pooledMap(
  map: SymbolicTensor,
  pooling: "avg" | "max" | undefined,
  names?: { readonly avg: string; readonly max: string },
): SymbolicTensor {
  if (pooling === undefined) return map;
  const named = names === undefined ? {} : { name: names[pooling] };
  return (pooling === "avg" ? globalAveragePooling2D(named) : globalMaxPooling2D(named)).apply(map);
}
