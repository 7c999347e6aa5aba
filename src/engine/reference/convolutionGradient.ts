import type { Conv2dAttributes } from "../../ops/convolution.ts";
import type { Conv2dFilterGradientAttributes } from "../../ops/convolutionFilterGradient.ts";
import type { Conv2dInputGradientAttributes } from "../../ops/convolutionGradient.ts";
import { windowOf } from "../../ops/window.ts";
import { type Array64, type Evaluate, generate, read } from "./array.ts";

/** Where one multiplication of a convolution takes place. */
interface Meeting {
  readonly filter: readonly number[];
  readonly input: readonly number[];
  readonly output: readonly number[];
}

/** Visits every multiplication of a convolution: of an element of x with an element of the filters, into one of y. */
function forEachMeeting(
  [x, filters, y]: readonly [readonly number[], readonly number[], readonly number[]],
  attributes: Conv2dAttributes,
  visit: (meeting: Meeting) => void,
): void {
  const [count, perGroup, height, width] = filters;
  const window = windowOf([height!, width!], attributes);
  const filtersPerGroup = count! / (attributes.groups ?? 1);
  generate([...y, perGroup!, height!, width!], ([n, k, i, j, c, row, column]) => {
    const channel = Math.floor(k! / filtersPerGroup) * perGroup! + c!;
    const place = [
      i! * window.strides[0] - window.pads[0] + row! * window.dilations[0],
      j! * window.strides[1] - window.pads[1] + column! * window.dilations[1],
    ];
    if (place.every((at, axis) => at >= 0 && at < x[axis + 2]!))
      visit({ filter: [k!, c!, row!, column!], input: [n!, channel, ...place], output: [n!, k!, i!, j!] });
    return 0;
  });
}

function addAt(sums: Array64, index: readonly number[], value: number): void {
  const position = index.reduce((sum, i, axis) => sum * sums.shape[axis]! + i, 0);
  sums.data[position]! += value;
}

export const conv2dInputGradient: Evaluate<Conv2dInputGradientAttributes> = ([dy, filters], attributes) => {
  const channels = filters!.shape[1]! * (attributes.groups ?? 1);
  const dx = generate([dy!.shape[0]!, channels, ...attributes.inputSize], () => 0);
  forEachMeeting([dx.shape, filters!.shape, dy!.shape], attributes, ({ filter, input, output }) =>
    addAt(dx, input, read(dy!, output) * read(filters!, filter)),
  );
  return dx;
};

export const conv2dFilterGradient: Evaluate<Conv2dFilterGradientAttributes> = ([x, dy], attributes) => {
  const channels = x!.shape[1]! / (attributes.groups ?? 1);
  const gradient = generate([dy!.shape[1]!, channels, ...attributes.filterSize], () => 0);
  forEachMeeting([x!.shape, gradient.shape, dy!.shape], attributes, ({ filter, input, output }) =>
    addAt(gradient, filter, read(dy!, output) * read(x!, input)),
  );
  return gradient;
};
