import type { PoolAttributes } from "../../ops/pooling.ts";
import type { AveragePool2dGradientAttributes } from "../../ops/poolingGradient.ts";
import { windowOf } from "../../ops/window.ts";
import { type Array64, type Evaluate, generate, read } from "./array.ts";

/** Shares each element of dy out among the places of x under its window. */
function poolingGradient(
  shape: readonly number[],
  dy: Array64,
  attributes: PoolAttributes,
  shareOut: (places: readonly (readonly number[])[]) => readonly number[],
): Array64 {
  const window = windowOf(attributes.size, attributes);
  const dx = generate(shape, () => 0);
  generate(dy.shape, (index) => {
    const [n, c, row, column] = index;
    const places: (readonly number[])[] = [];
    generate(window.size, ([i, j]) => {
      const y = row! * window.strides[0] - window.pads[0] + i!;
      const z = column! * window.strides[1] - window.pads[1] + j!;
      if (y >= 0 && y < shape[2]! && z >= 0 && z < shape[3]!) places.push([n!, c!, y, z]);
      return 0;
    });
    for (const [at, share] of shareOut(places).entries()) {
      const position = places[at]!.reduce((sum, i, axis) => sum * shape[axis]! + i, 0);
      dx.data[position]! += share * read(dy, index);
    }
    return 0;
  });
  return dx;
}

export const maxPool2dGradient: Evaluate<PoolAttributes> = ([x, dy], attributes) =>
  poolingGradient(x!.shape, dy!, attributes, (places) => {
    const elements = places.map((place) => read(x!, place));
    const first = elements.indexOf(Math.max(...elements));
    return elements.map((_, at) => Number(at === first));
  });

export const averagePool2dGradient: Evaluate<AveragePool2dGradientAttributes> = ([dy], attributes) => {
  const shape = [...dy!.shape.slice(0, 2), ...attributes.inputSize];
  return poolingGradient(shape, dy!, attributes, (places) => places.map(() => 1 / places.length));
};
