import type { PoolAttributes } from "../../ops/pooling.ts";
import { windowCount, windowOf } from "../../ops/window.ts";
import { type Evaluate, generate, readImage } from "./array.ts";
import { reduceMean } from "./reduction.ts";

/** Reduces the elements that lie under each window; those in the padding are not among them. */
function pooling(reduce: (elements: readonly number[]) => number): Evaluate<PoolAttributes> {
  return ([x], attributes) => {
    const window = windowOf(attributes.size, attributes);
    const counts = windowCount([x!.shape[2]!, x!.shape[3]!], window);
    return generate([x!.shape[0]!, x!.shape[1]!, ...counts], ([n, c, row, column]) => {
      const elements: number[] = [];
      generate(window.size, ([i, j]) => {
        const y = row! * window.strides[0] - window.pads[0] + i!;
        const z = column! * window.strides[1] - window.pads[1] + j!;
        const element = readImage(x!, [n!, c!, y, z], Number.NaN);
        if (!Number.isNaN(element)) elements.push(element);
        return 0;
      });
      return reduce(elements);
    });
  };
}

export const maxPool2d = pooling((elements) => Math.max(...elements));
export const averagePool2d = pooling((elements) => elements.reduce((sum, x) => sum + x, 0) / elements.length);
export const globalAveragePool2d: Evaluate<unknown> = (inputs) =>
  reduceMean(inputs, { axes: [2, 3], keepDims: true });
