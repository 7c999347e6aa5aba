import type { Digest } from "../base/digest.ts";
import type { FrozenDigests } from "../training/frozenWeights.ts";

/** What a phase of a training is about to do. */
export interface PhaseStart {
  readonly name: string;
  /** From 1, over all phases. */
  readonly firstEpoch: number;
  readonly epochs: number;
  /** At its begin. */
  readonly learningRate: number;
  /** Layers whose weights the optimizer changes: its own list, not what they are shown as. */
  readonly trained: readonly string[];
  readonly trainedParameters: number;
  /** Where the model is cut and why. */
  readonly cut: string;
}

/** What a phase has done: plain data, for results, bundles and reports. */
export interface PhaseRecord extends PhaseStart {
  /** SHA-256 over all weights that were not to change; a run in which they differ fails. */
  readonly frozen: FrozenDigests;
  /** SHA-256 over all weights of the base network. */
  readonly base: { readonly before: Digest; readonly after: Digest };
}

/** The layers of weights with these paths, each once. */
export function layersOfPaths(paths: Iterable<string>): readonly string[] {
  return [...new Set([...paths].map((path) => path.slice(0, path.lastIndexOf("/"))))];
}
