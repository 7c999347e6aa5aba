import type { Mixing } from "../../augmentation/mixing.ts";
import type { WorkOptions } from "../../base/progress.ts";
import type { Sample, Skipped, Split, TargetTask } from "../../data/dataset.ts";
import type { TaskScores } from "../../evaluation/taskScores.ts";
import type { StoreDtype } from "../../features/key.ts";
import type { InitialWeights } from "../classifier/openBase.ts";
import type { Augmentation } from "./augmentation.ts";
import type { ForwardCounts, Recomputation } from "./forwardCounts.ts";
import type { PhaseRecord, PhaseStart } from "./phaseRecord.ts";
import type { trainingRecipes } from "./trainingDefaults.ts";

export type TrainingRecipe = (typeof trainingRecipes)[number];

/** Reconstructing pictures beside classifying them. */
export interface JointTraining {
  /** What the reconstruction's loss counts beside the classification's. */
  readonly weight: number;
  /** Folder of images without labels, which count for the reconstruction alone. */
  readonly unlabelled?: string;
}

/** What to train on what. */
export interface TrainingRequest {
  /** Folder of class folders, folder of splits, or a manifest; of another task, the images' folder or the table. */
  readonly data: string;
  /** Several labels an image, or numbers, from a table. Left out: classification, one class an image. */
  readonly task?: TargetTask;
  /** Of another task: the table with one row an image, where `data` is the folder of the images. */
  readonly labels?: string;
  /** CSV with a column `path`: images that are left out. */
  readonly exclude?: string;
  /** CSV with the columns `path` and `label`: images that are of another class. */
  readonly relabel?: string;
  /** Name of the base network, a model file, the folder of a bundle whose base is taken, or a file of weights, also `hf:<owner>/<repository>`. */
  readonly base: string;
  /** The layer, the block of a named base, or the value of an ONNX file (`last_hidden_state:patches`) with which the base ends. Default: before its classifier. */
  readonly cut?: string;
  /** Of a model file as base: how pictures are prepared, a name, or of an ONNX file a `preprocessor_config.json`. */
  readonly preprocessing?: string;
  /** Of a named base: a file of weights in place of its own. */
  readonly weights?: string;
  /** Never fetch weights. Default: as PERMAFROST_OFFLINE or HF_HUB_OFFLINE say. */
  readonly offline?: boolean;
  /** Address of a folder of weight files in place of their origins. Default: PERMAFROST_WEIGHTS_MIRROR. */
  readonly mirror?: string;
  /** What the base begins with. Default: the weights that come with it, if there are any. */
  readonly initialWeights?: InitialWeights;
  /** `linear`, or layers such as `dense:256,dropout:0.5`. */
  readonly head: string;
  readonly epochs: number;
  readonly batchSize: number;
  /**
   * Default: 3e-3 for Adam and AdamW, 1e-3 for RMSprop, 1e-2 for SGD, a third of it for regression; with `unfreeze` and no recipe, that of `fineTuneRate`. In a
   * recipe it is the head's.
   */
  readonly learningRate?: number;
  readonly optimizer: string;
  /** "constant": the rate stays as it is, as in the book. Default: it falls to 0 along a cosine in each phase. */
  readonly schedule?: "constant";
  /** Share of the images held back for validation where the data name none. */
  readonly validationSplit: number;
  readonly seed: number;
  /** Seed of the split alone, so that runs with different seeds see the same images. Default: `seed`. */
  readonly splitSeed?: number;
  /** Random views of the training images; left out: the images as they are. */
  readonly augmentation?: Augmentation;
  /**
   * Which part of the base is trained too: `block10` (it and all behind it), `last:3` (blocks), `from:<layer>` or `all`. Left out:
   * none, or what the recipe says.
   */
  readonly unfreeze?: string;
  /**
   * "fine-tune": the head first, then the head and the unfrozen part (default `last:3`) at a low rate. "gradual": after the head
   * block by block from the top. Left out: everything that is trained at once.
   */
  readonly recipe?: TrainingRecipe;
  /** Of a recipe: epochs of the head alone, out of `epochs`. Default: a third. */
  readonly headEpochs?: number;
  /** Of a recipe: the rate once layers of the base are trained. Default: 1e-4 for Adam and AdamW, 1e-5 for RMSprop, 1e-3 for SGD. */
  readonly fineTuneRate?: number;
  /** Factor of the learning rate from each layer to the one below it, the last one's being 1; see docs/optimizers.md. Default 1. */
  readonly layerwiseDecay?: number;
  /** Train classifier and reconstruction at once; the base must be unfrozen. */
  readonly joint?: JointTraining;
  /** How the BatchNormalization of unfrozen layers is trained. Default "inference": with its moving statistics. */
  readonly batchNormalization?: "inference" | "train";
  /** "blocks": compute activations again for the gradients instead of keeping them: less memory, the same bits. */
  readonly checkpoint?: "blocks";
  /** Train the base though it is shown as frozen, as Keras 2.0.8 did by mistake. For comparison only. */
  readonly compat?: "keras-2.0.8";
  /** Give the base pixels divided by 255 and nothing else, as the book did, instead of its own preprocessing. For comparison only. */
  readonly rescaleOnly?: boolean;
  /** Mix the pictures of each training batch, and their labels. The frozen part then runs in every step. */
  readonly mixing?: Mixing;
  /** Rare classes count more: n / (classes * images of the class). */
  readonly classWeight?: "balanced";
  /** Side of the square that the base sees, in pixels (default: the base's own). */
  readonly imageSize?: number;
  /** Folder of the bundle. */
  readonly out: string;
  /** Put the base's weights into the bundle. */
  readonly embedBase: boolean;
  /** Folder of the feature store. */
  readonly store: string;
  /** How features are stored; all but the default, float32, round them. */
  readonly storeDtype?: StoreDtype;
  /** The command line, for the record. */
  readonly commandLine: string;
  /** Go on with an unfinished run of the same request. Default true. */
  readonly resume?: boolean;
}

/** Scores of one epoch, as `history` keeps them. */
export type EpochLogs = Readonly<Record<string, number>> & { readonly epoch: number };

/** What a classifier says of some images. */
export interface ScoredImages {
  readonly samples: readonly Sample[];
  /** [samples, classes]; of another task [samples, labels], or values in their own units. */
  readonly probabilities: Float32Array;
}

export interface TrainingHooks extends WorkOptions {
  readonly onEpoch?: (logs: EpochLogs) => void;
  /** Told before the first step of each phase. */
  readonly onPhase?: (phase: PhaseStart) => void;
  /** Training goes on after this many epochs of an unfinished run. */
  readonly onResume?: (epochs: number) => void;
  /** Told what the finished classifier says of each split. */
  readonly onScored?: (split: Split, scored: ScoredImages) => void;
  /** What did not go as asked, in sentences. */
  readonly onWarning?: (text: string) => void;
}

/** What came of it: plain data, the last line of `train --json`. */
export interface TrainingResult<Scores extends TaskScores = TaskScores> {
  readonly classes: readonly string[];
  readonly samples: Readonly<Partial<Record<Split, number>>>;
  readonly skipped: readonly Skipped[];
  readonly metrics: Readonly<Partial<Record<Split, Scores>>>;
  readonly history: Readonly<Record<string, readonly number[]>>;
  readonly forwards: ForwardCounts;
  /** Bytes added to the feature store. */
  readonly bytesWritten: number;
  /** Why features had to be computed. */
  readonly recomputed: readonly Recomputation[];
  readonly seconds: Readonly<Record<string, number>>;
  /** Where the model was cut and why; of the last phase. */
  readonly cut: string;
  readonly phases: readonly PhaseRecord[];
  readonly trainableParameters: number;
  readonly warnings: readonly string[];
  readonly bundle: string;
  readonly report: string;
  readonly numericsClass: string;
}
