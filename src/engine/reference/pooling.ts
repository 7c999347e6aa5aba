import type { PoolAttributes } from "../../ops/pooling.ts";
import { windowCount, windowOf } from "../../ops/window.ts";
import { type Array64, type Evaluate, type EvaluateAll, generate, readImage } from "./array.ts";
import { reduceMean } from "./reduction.ts";

/** One element under a window: its value, and where it stands in x. */
interface Covered {
  readonly element: number;
  readonly place: number;
}

/** A number for each window, from the elements that lie under it; those in the padding are not among them. */
function perWindow(
  x: Array64,
  attributes: PoolAttributes,
  reduce: (covered: readonly Covered[]) => number,
): Array64 {
  const window = windowOf(attributes.size, attributes);
  const [, channels, height, width] = x.shape;
  const counts = windowCount([height!, width!], window);
  return generate([x.shape[0]!, channels!, ...counts], ([n, c, row, column]) => {
    const covered: Covered[] = [];
    generate(window.size, ([i, j]) => {
      const y = row! * window.strides[0] - window.pads[0] + i!;
      const z = column! * window.strides[1] - window.pads[1] + j!;
      const element = readImage(x, [n!, c!, y, z], Number.NaN);
      const place = ((n! * channels! + c!) * height! + y) * width! + z;
      if (!Number.isNaN(element)) covered.push({ element, place });
      return 0;
    });
    return reduce(covered);
  });
}

function largest(covered: readonly Covered[]): Covered {
  return covered.reduce((most, one) => (one.element > most.element ? one : most));
}

export const maxPool2d: EvaluateAll<PoolAttributes> = ([x], attributes) => [
  perWindow(x!, attributes, (covered) => largest(covered).element),
  perWindow(x!, attributes, (covered) => largest(covered).place),
];
export const averagePool2d: Evaluate<PoolAttributes> = ([x], attributes) =>
  perWindow(
    x!,
    attributes,
    (covered) => covered.reduce((sum, { element }) => sum + element, 0) / covered.length,
  );
export const globalAveragePool2d: Evaluate<unknown> = (inputs) =>
  reduceMean(inputs, { axes: [2, 3], keepDims: true });
