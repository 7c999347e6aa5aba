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
 * @param probabilities - [images, classes], row by row.
 */
export function predictionsOf(
  images: readonly { readonly path: string }[],
  probabilities: Float32Array,
  classNames: readonly string[],
): Prediction[] {
  const classes = classNames.length;
  return images.map(({ path }, row) => {
    const ofImage = probabilities.subarray(row * classes, (row + 1) * classes);
    const best = ofImage.indexOf(Math.max(...ofImage));
    return {
      path,
      className: classNames[best]!,
      probability: ofImage[best]!,
      probabilities: Object.fromEntries(classNames.map((className, label) => [className, ofImage[label]!])),
    };
  });
}
