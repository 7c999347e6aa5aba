import type { PoolGradientAttributes } from "../../ops/poolingGradient.ts";
import { windowOf } from "../../ops/window.ts";
import { type Evaluate, generate, read } from "./array.ts";

export const maxPool2dGradient: Evaluate<PoolGradientAttributes> = ([dy, places], { inputSize }) => {
  const dx = generate([...dy!.shape.slice(0, 2), ...inputSize], () => 0);
  for (const [index, place] of places!.data.entries()) dx.data[place]! += dy!.data[index]!;
  return dx;
};

/** Shares each element of dy out evenly among the places of x under its window. */
export const averagePool2dGradient: Evaluate<PoolGradientAttributes> = ([dy], attributes) => {
  const window = windowOf(attributes.size, attributes);
  const [height, width] = attributes.inputSize;
  const dx = generate([...dy!.shape.slice(0, 2), height, width], () => 0);
  generate(dy!.shape, (index) => {
    const [n, c, row, column] = index;
    const positions: number[] = [];
    generate(window.size, ([i, j]) => {
      const y = row! * window.strides[0] - window.pads[0] + i!;
      const z = column! * window.strides[1] - window.pads[1] + j!;
      if (y >= 0 && y < height && z >= 0 && z < width)
        positions.push(((n! * dy!.shape[1]! + c!) * height + y) * width + z);
      return 0;
    });
    for (const position of positions) dx.data[position]! += read(dy!, index) / positions.length;
    return 0;
  });
  return dx;
};
