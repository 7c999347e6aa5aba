import type { AxisSizeAttributes, OneHotAttributes } from "../../ops/indexing.ts";
import { type Evaluate, generate, read } from "./array.ts";

export const oneHot: Evaluate<OneHotAttributes> = ([x], { depth }) =>
  generate([...x!.shape, depth], (index) => Number(read(x!, index.slice(0, -1)) === index.at(-1)));

export const axisSize: Evaluate<AxisSizeAttributes> = ([x], { axis }) =>
  generate([], () => x!.shape.at(axis)!);
