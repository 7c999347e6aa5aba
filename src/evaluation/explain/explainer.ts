/** How much each place of a picture speaks for a class. */
export interface Heatmap {
  readonly height: number;
  readonly width: number;
  /** [height, width], row after row, in the method's own unit; above 0 speaks for the class. */
  readonly values: Float32Array;
  /** What is explained: the class's logit (Grad-CAM, integrated gradients) or probability (occlusion). */
  readonly score: number;
  /**
   * Of integrated gradients: how far the values' sum is from the difference of the scores of picture and baseline, as a share of it. It
   * falls with the number of steps.
   */
  readonly completenessError?: number;
  /** Of integrated gradients: how many pictures on the way were looked at. */
  readonly steps?: number;
}

/** A method at work on one network. Close it when done. */
export interface Explainer {
  /**
   * @param picture - [3, height, width], as the network takes it.
   * @param label - The class that is explained.
   */
  explain(picture: Float32Array, label: number): Promise<Heatmap>;
  close(): Promise<void>;
}
