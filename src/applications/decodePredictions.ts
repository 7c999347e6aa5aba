import { readFile } from "node:fs/promises";
import { messageOf, PermafrostError } from "../base/errors.ts";
import { showShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { PublishedWeights } from "./chosenWeights.ts";

/** The names of ImageNet's classes as Keras publishes them: {"0": ["n01440764", "tench"], ...}. */
export const classIndexFile: Pick<PublishedWeights, "file" | "origin" | "md5"> = {
  file: "imagenet_class_index.json",
  origin: "https://storage.googleapis.com/download.tensorflow.org/data/",
  md5: "c2c37ea517e94d9795004a39431a14cb",
};

/** How many classes the published classifiers tell apart. */
const classCount = 1000;

export interface DecodeOptions {
  /** How many classes for each picture. Default 5. */
  readonly top?: number;
  /** Path of the file with the classes' names, `imagenet_class_index.json`. */
  readonly classIndex: string;
}

/** WordNet's number of a class ("n02123045"), its name ("tabby") and the score. */
export type DecodedPrediction = readonly [wordNetId: string, name: string, score: number];

/**
 * The likeliest classes of each picture, best first (Keras's `decode_predictions`); of equal scores the later class first.
 *
 * @param predictions - [pictures, 1000], of a network with its classifier.
 * @throws PermafrostError SHAPE_MISMATCH for other predictions; NOT_FOUND without the file; DATA_INVALID for another file.
 */
export async function decodePredictions(
  predictions: Tensor<"float32">,
  { top = 5, classIndex }: DecodeOptions,
): Promise<readonly (readonly DecodedPrediction[])[]> {
  const { shape, data } = predictions;
  if (shape.length !== 2 || shape[1] !== classCount) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `decodePredictions: expected predictions of shape [pictures, ${classCount}], got ${showShape(shape)}. It names ImageNet's classes: take a network with its own classifier (includeTop).`,
    );
  }
  const names = await readClassIndex(classIndex);
  return Array.from({ length: shape[0]! }, (_, row) => {
    const scores = data.subarray(row * classCount, (row + 1) * classCount);
    const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || b - a);
    return order.slice(0, top).map((index): DecodedPrediction => [...names[index]!, scores[index]!]);
  });
}

type ClassName = readonly [wordNetId: string, name: string];

async function readClassIndex(path: string): Promise<readonly ClassName[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    const { file, origin, md5 } = classIndexFile;
    throw new PermafrostError(
      "NOT_FOUND",
      `${path}: the names of the classes cannot be read (${messageOf(cause)}). Keras's are ${origin}${file} (MD5 ${md5}): give the path of that file as classIndex.`,
      { cause, details: { path } },
    );
  });
  const table = parsed(text);
  const names = Array.from({ length: classCount }, (_, index) => table?.[index]);
  if (names.every(isClassName)) return names;
  const missing = names.findIndex((name) => !isClassName(name));
  throw new PermafrostError(
    "DATA_INVALID",
    `${path}: expected {"0": ["n01440764", "tench"], ...} with ${classCount} classes, class ${missing} is not like that. Get ${classIndexFile.origin}${classIndexFile.file}.`,
    { details: { path } },
  );
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isClassName(value: unknown): value is ClassName {
  return Array.isArray(value) && value.length === 2 && value.every((text) => typeof text === "string");
}
