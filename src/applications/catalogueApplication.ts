import type { SymbolicTensor } from "../layers/layer.ts";
import type { Application, ApplicationOptions, BaseNetwork, NetworkForm } from "./application.ts";
import type { PublishedWeights } from "./chosenWeights.ts";
import type { PixelScalingName } from "./preprocessing.ts";

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
   * "torch": torchvision's form of the network, which pads, divides and normalizes in other ways and sees other pixels; "timm", "tf":
   * timm's forms, where they are others. Default: the form that the file of weights belongs to; else "keras".
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
