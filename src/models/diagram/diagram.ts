/**
 * What training makes of a layer:
 * - `input`: where data comes in;
 * - `frozen`: its weights stay as they are;
 * - `trained`: some of its weights are trained;
 * - `random`: it draws random numbers in training;
 * - `plain`: it has no weights;
 * - `loss`, `gradient`: what training adds.
 */
export type DiagramState = "input" | "frozen" | "trained" | "random" | "plain" | "loss" | "gradient";

/** One use of a layer. */
export interface DiagramNode {
  /** The layer's path: "vgg16/block1_conv1". */
  readonly name: string;
  /** Keras's class name: "Conv2D". */
  readonly kind: string;
  readonly state: DiagramState;
  /** The output as users see it, [batch, height, width, channels]. */
  readonly shape: string;
  readonly parameters: number;
  /** How many of them are trained. */
  readonly trainedParameters: number;
  /** Whether it lies before the cut: computed once for each view and kept. */
  readonly isStored: boolean;
}

export interface DiagramEdge {
  /** Places in the list of nodes. */
  readonly from: number;
  readonly to: number;
  /** Whether what flows here is kept in the feature store. */
  readonly isCut: boolean;
}

/** A model as boxes and arrows: plain data. Every node stands behind those that it needs. */
export interface Diagram {
  readonly title: string;
  /** In a sentence: where the cut is and why. */
  readonly cut: string;
  readonly nodes: readonly DiagramNode[];
  readonly edges: readonly DiagramEdge[];
}
