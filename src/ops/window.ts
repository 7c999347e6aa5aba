import { PermafrostError } from "../base/errors.ts";
import type { OnnxAttribute } from "../graph/operator.ts";
import { expectIntegers, type Pads, type Pair } from "./signature.ts";

/** How a window moves over rows and columns. */
export interface WindowAttributes {
  /** Steps between windows. Default [1, 1]. */
  readonly strides?: Pair;
  /** Rows and columns added at top, left, bottom, right. Default none. */
  readonly pads?: Pads;
  /** Distance between the elements under a window. Default [1, 1]. */
  readonly dilations?: Pair;
}

/** A window with all its numbers. */
export interface Window {
  readonly size: Pair;
  readonly strides: Pair;
  readonly pads: Pads;
  readonly dilations: Pair;
}

/** Fills in the defaults. @throws PermafrostError INVALID_ARGUMENT for numbers that cannot be. */
export function windowOf(size: Pair, attributes: WindowAttributes): Window {
  const { strides = [1, 1], pads = [0, 0, 0, 0], dilations = [1, 1] } = attributes;
  expectIntegers("window size", size, 1);
  expectIntegers("strides", strides, 1);
  expectIntegers("pads", pads, 0);
  expectIntegers("dilations", dilations, 1);
  return { size, strides, pads, dilations };
}

/** Rows and columns of windows over an image of these rows and columns. */
export function windowCount(image: Pair, window: Window): Pair {
  const count = (axis: 0 | 1): number => {
    const padded = image[axis] + window.pads[axis] + window.pads[axis + 2]!;
    const reach = (window.size[axis] - 1) * window.dilations[axis] + 1;
    if (padded < reach) {
      throw new PermafrostError(
        "SHAPE_MISMATCH",
        `the window reaches over ${reach} ${axis === 0 ? "rows" : "columns"}, but the padded image has only ${padded}. Use larger images, a smaller window or padding.`,
      );
    }
    return Math.floor((padded - reach) / window.strides[axis]) + 1;
  };
  return [count(0), count(1)];
}

/**
 * Rows and columns behind an image with which the last of so many windows ends: as much padding as it needs there, below 0 where it ends
 * before the image does.
 */
export function endOfWindows({ size, strides, pads, dilations }: Window, counts: Pair, image: Pair): Pair {
  const end = (axis: 0 | 1): number => {
    const reach = (size[axis] - 1) * dilations[axis] + 1;
    return (counts[axis] - 1) * strides[axis] + reach - image[axis] - pads[axis];
  };
  return [end(0), end(1)];
}

/** The window as ONNX attributes. */
export function onnxWindow(window: Window): Record<string, OnnxAttribute> {
  return {
    kernel_shape: { ints: window.size },
    strides: { ints: window.strides },
    pads: { ints: window.pads },
    dilations: { ints: window.dilations },
  };
}
