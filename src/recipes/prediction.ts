/** What a classifier says of one image. */
export interface Prediction {
  readonly path: string;
  readonly className: string;
  /** Of that class. */
  readonly probability: number;
  /** Of every class, by name. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/**
 * Predictions of images in order; of equal probabilities the first class wins.
 *
 * @param probabilities - [images, classes], row by row; or [images] probabilities of the second of two classes (sigmoid).
 */
export function predictionsOf(
  images: readonly { readonly path: string }[],
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
