import type { WorkOptions } from "../../base/progress.ts";
import type { Skipped } from "../../data/dataset.ts";
import type { InitialWeights } from "../classifier/openBase.ts";
import type { Augmentation } from "../request/augmentation.ts";
import type { EpochLogs } from "../request/training.ts";
import type { PictureDamage } from "./pictureDamage.ts";

/** How a reconstruction is compared with its picture, both with values from 0 to 1. */
export const reconstructionLosses = ["mse", "bce"] as const;

/** What to pretrain on what. */
export interface PretrainingRequest extends PictureDamage {
  /** Folder of images, searched through; folders of classes are just folders here. */
  readonly data: string;
  /** Name of the encoder, or the folder of a bundle whose base is taken. */
  readonly encoder: string;
  /** Of a named encoder: a file of weights in place of its own. */
  readonly weights?: string;
  /** Never fetch weights. Default: as PERMAFROST_OFFLINE or HF_HUB_OFFLINE say. */
  readonly offline?: boolean;
  /** Address of a folder of weight files in place of their origins. Default: PERMAFROST_WEIGHTS_MIRROR. */
  readonly mirror?: string;
  /** What to begin with. Default: the weights that come with the encoder, if there are any. */
  readonly initialWeights?: InitialWeights;
  /** Side of the square that the encoder sees, in pixels (default: the encoder's own). */
  readonly imageSize?: number;
  /** "mse": squared error; "bce": binary cross-entropy of each value. */
  readonly loss: (typeof reconstructionLosses)[number];
  readonly epochs: number;
  readonly batchSize: number;
  /** At the begin; it falls to 0 along a cosine. */
  readonly learningRate: number;
  readonly optimizer: string;
  /** Share of the images held back, to see whether reconstructions get better on others too. 0: none. */
  readonly validationSplit: number;
  readonly seed: number;
  /** Random views of the training images; left out: the images as they are. */
  readonly augmentation?: Augmentation;
  /** Folder of the bundle. */
  readonly out: string;
  /** Folder of the feature store: digests of files are remembered there. */
  readonly store: string;
  /** The command line, for the record. */
  readonly commandLine: string;
  /** Go on with an unfinished run of the same request. Default true. */
  readonly resume?: boolean;
}

/** What `permafrost pretrain` does where nothing is said. Constants only: `--help` loads this file. */
export const pretrainingDefaults = {
  encoder: "small",
  loss: "mse",
  epochs: 20,
  batchSize: 32,
  learningRate: 1e-3,
  optimizer: "adam",
  validationSplit: 0.1,
  seed: 0,
} as const;

export interface PretrainingHooks extends WorkOptions {
  readonly onEpoch?: (logs: EpochLogs) => void;
  /** Training goes on after this many epochs of an unfinished run. */
  readonly onResume?: (epochs: number) => void;
  /** A picture of originals and reconstructions was written, after each epoch. */
  readonly onSheet?: (file: string) => void;
  /** What did not go as asked, in sentences. */
  readonly onWarning?: (text: string) => void;
}

/** What came of it: plain data, the last line of `pretrain --json`. */
export interface PretrainingResult {
  readonly encoder: string;
  readonly images: { readonly train: number; readonly validation: number };
  readonly skipped: readonly Skipped[];
  readonly history: Readonly<Record<string, readonly number[]>>;
  readonly trainableParameters: number;
  readonly warnings: readonly string[];
  readonly seconds: Readonly<Record<string, number>>;
  readonly bundle: string;
  /** Originals above what the network saw of them, if that was damaged, above its reconstructions. */
  readonly sheet: string;
  readonly numericsClass: string;
}
