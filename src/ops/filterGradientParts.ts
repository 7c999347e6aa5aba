import type { Pair } from "./signature.ts";
import type { Window } from "./window.ts";

/** What the filter gradient of one convolution is computed from. Names are of ONNX values. */
export interface FilterGradientParts extends FilterGradientShape {
  /** [N, C, H, W]. */
  readonly x: string;
  /** [N, K, rows, columns]. */
  readonly dy: string;
}

/** The sizes of it. */
export interface FilterGradientShape {
  readonly imageSize: Pair;
  readonly counts: Pair;
  readonly window: Window;
  /** [K, C, h, w]. */
  readonly shape: readonly number[];
}
