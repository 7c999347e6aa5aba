import { labelThreshold } from "../../evaluation/labelScores.ts";
import type { BundleContents } from "../../saving/bundleContents.ts";

/** What a classifier says of one image. */
export interface Prediction {
  readonly path: string;
  readonly className: string;
  /** Of that class. */
  readonly probability: number;
  /** Of every class, by name. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/** Which labels an image is given. */
export interface LabelsPrediction {
  readonly path: string;
  /** Those whose probability is above 0.5, in the order of the outputs. */
  readonly labels: readonly string[];
  /** Of every label, by name. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/** Which numbers an image is given, in their own units. */
export interface ValuesPrediction {
  readonly path: string;
  readonly values: Readonly<Record<string, number>>;
}

export type TaskPrediction = Prediction | LabelsPrediction | ValuesPrediction;

interface ImageFile {
  readonly path: string;
}

/** What a network's outputs say of images, in their order: by its task a class, labels or values. */
export function predictionsFor(
  task: BundleContents["task"],
  images: readonly ImageFile[],
  outputs: Float32Array,
  names: readonly string[],
): TaskPrediction[] {
  if (task === "classification") return predictionsOf(images, outputs, names);
  const width = outputs.length / images.length;
  return images.map(({ path }, row) => {
    const own = outputs.subarray(row * width, (row + 1) * width);
    const byName = Object.fromEntries(names.map((name, index) => [name, own[index]!]));
    if (task === "regression") return { path, values: byName };
    const labels = names.filter((_, index) => own[index]! > labelThreshold);
    return { path, labels, probabilities: byName };
  });
}

/**
 * Predictions of images in order; of equal probabilities the first class wins.
 *
 * @param probabilities - [images, classes], row by row; or [images] probabilities of the second of two classes (sigmoid).
 */
function predictionsOf(
  images: readonly ImageFile[],
  probabilities: Float32Array,
  classNames: readonly string[],
): Prediction[] {
  const outputs = probabilities.length / images.length;
  return images.map(({ path }, row) => {
    const ofImage = perClass(probabilities.subarray(row * outputs, (row + 1) * outputs));
    const best = ofImage.indexOf(Math.max(...ofImage));
    return {
      path,
      className: classNames[best]!,
      probability: ofImage[best]!,
      probabilities: Object.fromEntries(classNames.map((className, label) => [className, ofImage[label]!])),
    };
  });
}

function perClass(outputs: Float32Array): Float32Array {
  return outputs.length === 1 ? Float32Array.of(1 - outputs[0]!, outputs[0]!) : outputs;
}
