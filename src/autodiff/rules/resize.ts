import { imageSize } from "../../ops/imageSize.ts";
import { operators } from "../../ops/index.ts";
import type { ResizeAttributes, ResizeGradientAttributes } from "../../ops/resize.ts";
import type { VjpRule } from "../rule.ts";

export const resize2d: VjpRule<ResizeAttributes> = ({ g, inputs: [x], dy, attributes }) => {
  const { interpolation, antialias } = attributes;
  const inputSize = imageSize(x!.type);
  return [g.apply(operators.resize2dGradient, [dy], { inputSize, interpolation, antialias })];
};

/** It is linear: its own gradient is the operator that it transposes. */
export const resize2dGradient: VjpRule<ResizeGradientAttributes> = ({ g, inputs: [x], dy, attributes }) => {
  const { interpolation, antialias } = attributes;
  return [g.apply(operators.resize2d, [dy], { size: imageSize(x!.type), interpolation, antialias })];
};
