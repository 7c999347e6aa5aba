import { reducedAxes, reducedShape } from "../../ops/axes.ts";
import type { ReductionAttributes } from "../../ops/reduction.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { type Array64, type Evaluate, generate, read } from "./array.ts";

function reduction(start: number, step: (sum: number, x: number) => number): Evaluate<ReductionAttributes> {
  return ([x], { axes: given, keepDims = false }) => {
    const axes = reducedAxes(x!.shape, given);
    const kept: Array64 = generate(concrete(x!.shape, axes, true), () => start);
    generate(x!.shape, (index) => {
      const place = index.map((i, axis) => (axes.includes(axis) ? 0 : i));
      const position = place.reduce((sum, i, axis) => sum * kept.shape[axis]! + i, 0);
      kept.data[position] = step(kept.data[position]!, read(x!, index));
      return 0;
    });
    return { ...kept, shape: concrete(x!.shape, axes, keepDims) };
  };
}

function concrete(shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] {
  return reducedShape(shape, axes, keepDims).map(Number);
}

export const reduceSum = reduction(0, (sum, x) => sum + x);
export const reduceMax = reduction(-Infinity, Math.max);
export const reduceMean: Evaluate<ReductionAttributes> = (inputs, attributes) => {
  const sum = reduceSum(inputs, attributes);
  const count = sizeOf(inputs[0]!.shape) / sizeOf(sum.shape);
  return { ...sum, data: sum.data.map((x) => x / count) };
};
