import type { Preprocessing } from "../applications/preprocessing.ts";
import type { Digest } from "../base/digest.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { JsonObject } from "./fields.ts";

/** A weight as files name it: `dense/kernel`, in Keras's layout. */
export interface NamedWeight {
  readonly name: string;
  readonly tensor: Tensor<"float32">;
}

/** The pretrained network below the head; its weights are elsewhere unless they are embedded. */
export interface BaseReference<Json extends object = JsonObject> {
  /** Name among the applications: "mobilenet_v3_small". */
  readonly name: string;
  /** What to build it with: input shape, pooling, ... */
  readonly options: Json;
  /** SHA-256 of the weights it was trained with; loading refuses others. */
  readonly weightsDigest: Digest;
  /** The file that its weights came from, before any training of them; left out: random ones, or not known. */
  readonly source?: BaseSource;
}

/** A file of weights, for people and for checks by hand. */
export interface BaseSource {
  /** An address, a path, an npm package, or `hf:owner/repository/file@commit`. */
  readonly origin: string;
  readonly sha256: Digest;
  readonly licence: string;
}

/** One layer of the head: the Keras class name, its name, and its settings with every default filled in. */
export interface LayerRecord<Json extends object = JsonObject> {
  readonly kind: string;
  readonly name: string;
  readonly config: Json;
}

/** How outputs become an answer. */
export type Decision =
  /** The class with the highest probability. */
  | { readonly rule: "argmax" }
  /** One output: the second class if its probability is above the threshold. */
  | { readonly rule: "threshold"; readonly threshold: number }
  /** Every label whose probability is above the threshold. */
  | { readonly rule: "labels"; readonly threshold: number }
  /** The outputs are the values themselves, in their own units. */
  | { readonly rule: "values" };

/** Temperature scaling: logits are divided by the temperature. */
export interface Calibration {
  readonly temperature: number;
  /** Validation images that it was fitted on, and their mean cross-entropy before and after, in nats. */
  readonly samples: number;
  readonly lossBefore: number;
  readonly lossAfter: number;
}

/** What is asked of a picture: its class, any number of labels, numbers, or the picture itself (an autoencoder, which serves as a base). */
export const bundleTasks = ["classification", "multilabel", "regression", "reconstruction"] as const;

/** Which images a classifier was trained on, and how they were divided. */
export interface DataRecord {
  /** The folder or the manifest, as an absolute path of the machine that trained. */
  readonly path: string;
  /** Of images without a split: the share that was held back, and the seed it was chosen by. */
  readonly validationSplit: number;
  readonly splitSeed: number;
  /** Lists of images that were left out, and of other labels. */
  readonly exclude?: string;
  readonly relabel?: string;
}

/** How the classifier came about: enough to do it again. */
export interface RunRecord {
  /** The command line, or what a program called. */
  readonly command: string;
  /** "permafrost" and others by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly seed: number;
  /** SHA-256 over the digests, labels and splits of all images. */
  readonly dataDigest: Digest;
  /** Left out by earlier versions, and where a program gave the data. */
  readonly data?: DataRecord;
  readonly numericsClass: string;
  /** ISO 8601. */
  readonly date: string;
  /** Which layers were trained in which epochs, with digests of what was frozen; free in form. */
  readonly training?: JsonObject;
}

/**
 * A classifier as plain data: what a bundle says about it. `BundleContents<object>` is what may be written: records of any type
 * that JSON can hold.
 */
export interface BundleContents<Json extends object = JsonObject> {
  readonly task: (typeof bundleTasks)[number];
  /** Of classes, labels or values, in the order of the outputs. */
  readonly classNames: readonly string[];
  readonly preprocessing: Preprocessing;
  readonly base: BaseReference<Json>;
  readonly head: {
    /** A stack: each layer takes what the one before gives, the first what the base gives. */
    readonly layers: readonly LayerRecord<Json>[];
    readonly weights: readonly NamedWeight[];
  };
  readonly decision: Decision;
  /** How its probabilities are made as sure as they are right, where that was fitted. Answers do not depend on it. */
  readonly calibration?: Calibration;
  /** By split; free in form. Numbers that are not finite become null. */
  readonly metrics: Json;
  readonly run: RunRecord;
  /** The base's weights, where the bundle is to stand alone. */
  readonly embeddedBase?: readonly NamedWeight[];
  /** The base as an ONNX model, where it is one: nothing else is needed to build it. */
  readonly baseModel?: Uint8Array;
}

/** What the manifest alone tells: everything but the weights themselves. */
export type BundleDescription<Json extends object = JsonObject> = Omit<
  BundleContents<Json>,
  "head" | "embeddedBase" | "baseModel"
> & {
  readonly head: { readonly layers: readonly LayerRecord<Json>[] };
  /** Other files of the bundle by name. */
  readonly files: Readonly<Record<string, FileRecord>>;
};

/** What is known of a file of the bundle before it is opened. */
export interface FileRecord {
  readonly bytes: number;
  readonly sha256: Digest;
}
