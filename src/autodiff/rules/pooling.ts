import { imageSize } from "../../ops/imageSize.ts";
import { operators } from "../../ops/index.ts";
import { float32 } from "../../tensor/tensor.ts";
import type { NotDifferentiable, VjpRule } from "../rule.ts";

/** Each of the H W elements has 1 / (H W) of the gradient. */
export const globalAveragePool2d: VjpRule<unknown> = ({ g, inputs: [x], dy }) => {
  const [height, width] = imageSize(x!.type);
  const count = height * width;
  const shares = g.constant(
    float32([1, 1, height, width], new Float32Array(count).fill(1 / count)),
    "shares",
  );
  return [g.apply(operators.mul, [dy, shares], {})];
};

export const maxPool2d: NotDifferentiable = { notDifferentiable: "its rule is not written yet" };
export const averagePool2d: NotDifferentiable = { notDifferentiable: "its rule is not written yet" };
