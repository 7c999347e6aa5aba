/** An image whose label is probably wrong. */
export interface LabelIssue {
  /** Which image. */
  readonly row: number;
  readonly label: number;
  /** What it probably is. */
  readonly suggested: number;
  /** Probability of its label, and of the suggested class, by classifiers that have not seen it. */
  readonly labelProbability: number;
  readonly suggestedProbability: number;
}

/**
 * Images whose labels are probably wrong, surest first (confident learning: Northcutt, Jiang and Chuang 2021). A class is confidently
 * that of an image if its probability is at least the mean that images labelled so have; of several the most probable one counts. An
 * image that is confidently of another class than its label is an issue. The order is by the lead of the suggestion.
 *
 * @param probabilities - [n, classes] by classifiers that have not seen the image.
 */
export function labelIssues(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
): LabelIssue[] {
  const thresholds = meanConfidences(probabilities, labels, classes);
  const issues: LabelIssue[] = [];
  for (let row = 0; row < labels.length; row++) {
    const own = probabilities.subarray(row * classes, (row + 1) * classes);
    let suggested = -1;
    for (let other = 0; other < classes; other++) {
      if (own[other]! < thresholds[other]!) continue;
      if (suggested === -1 || own[other]! > own[suggested]!) suggested = other;
    }
    const label = labels[row]!;
    if (suggested === -1 || suggested === label) continue;
    issues.push({
      row,
      label,
      suggested,
      labelProbability: own[label]!,
      suggestedProbability: own[suggested]!,
    });
  }
  const lead = (issue: LabelIssue) => issue.suggestedProbability - issue.labelProbability;
  return issues.sort((a, b) => lead(b) - lead(a) || a.row - b.row);
}

/** The mean probability of each class over the images labelled so; infinite for a class without images. */
function meanConfidences(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
): Float64Array {
  const [sums, counts] = [new Float64Array(classes), new Float64Array(classes)];
  for (let row = 0; row < labels.length; row++) {
    sums[labels[row]!]! += probabilities[row * classes + labels[row]!]!;
    counts[labels[row]!]! += 1;
  }
  return sums.map((sum, label) => (counts[label] === 0 ? Number.POSITIVE_INFINITY : sum / counts[label]!));
}
