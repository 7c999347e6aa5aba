import type { FeatureMatrix, SolvedHead } from "../../heads/featureMatrix.ts";
import type { PretrainingRequest } from "../pretraining/pretraining.ts";
import type { Augmentation } from "../request/augmentation.ts";
import type { TrainingRequest } from "../request/training.ts";

/** What methods may vary: the rest of a request is the same for all. */
export interface MethodMaterial {
  /** What all methods have in common; already with the run's seed and places. */
  readonly common: TrainingRequest;
  /** How training images are varied where a method does so; its draws are the method's choice. */
  readonly augmentation: Augmentation;
  /** Of fine-tuning: the lowest block that is trained, the rate and the epochs; left out: the usual ones. */
  readonly fineTuning: Partial<Pick<TrainingRequest, "unfreeze" | "fineTuneRate" | "headEpochs" | "epochs">>;
  /** The number behind the name: 5 of `pool:5`. */
  readonly argument: number | undefined;
  /** Folder of the training images, where the data set has one of its own, else of all. */
  readonly trainingImages: string;
  /** Where a method that pretrains leaves its encoder. */
  readonly encoderFolder: string;
}

interface NamedMethod {
  readonly name: string;
  /** What it does, in one sentence. */
  readonly summary: string;
  /** What a number behind the name means, and its usual value; left out: it takes none. */
  readonly argument?: { readonly meaning: string; readonly usual: number };
}

/** A method that trains by steps, as `permafrost train` does. */
export interface TrainedMethod extends NamedMethod {
  readonly kind: "trained";
  request(material: MethodMaterial): TrainingRequest;
  /** The same with every seed: it is run once. Default: it hangs on chance. */
  readonly isCertain?: boolean;
  /** Whether its probabilities are meant as such, and not only to order the classes. Default true. */
  readonly isCalibrated?: boolean;
  /** Images seen without labels first; the request then names the encoder's folder as its base. */
  pretraining?(material: MethodMaterial): PretrainingRequest;
  /** For the plan, where it cannot be made for the request itself: one whose training takes so many times less. */
  resembles?(material: MethodMaterial): { readonly request: TrainingRequest; readonly times: number };
}

/** A method that keeps the features of the frozen base, so that there is no network to save; the same with every seed. */
export interface SolvedMethod extends NamedMethod {
  readonly kind: "solved";
  /** @param train - Standardised features of the training images. */
  solve(train: FeatureMatrix, labels: Float32Array, classes: number): SolvedHead;
}

export type Method = TrainedMethod | SolvedMethod;
