import type { Value } from "../../graph/graph.ts";
import type { Conv2dAttributes } from "../../ops/convolution.ts";
import { imageSize } from "../../ops/imageSize.ts";
import { operators } from "../../ops/index.ts";
import type { VjpContext, VjpRule } from "../rule.ts";

// A convolution is linear in its input and in its filters, and so is each of its gradients: they are one another's rules.

/** The gradient by an input of this size. */
function byInput(
  { g, attributes }: VjpContext<Conv2dAttributes>,
  dy: Value,
  filters: Value,
  x: Value,
): Value {
  const inputSize = imageSize(x.type);
  return g.apply(operators.conv2dInputGradient, [dy, filters], { ...windowOnly(attributes), inputSize });
}

/** The gradient by filters of this size. */
function byFilters(
  { g, attributes }: VjpContext<Conv2dAttributes>,
  x: Value,
  dy: Value,
  filters: Value,
): Value {
  const filterSize = imageSize(filters.type);
  return g.apply(operators.conv2dFilterGradient, [x, dy], { ...windowOnly(attributes), filterSize });
}

/** The attributes that all three share. */
function windowOnly({ strides, pads, dilations, groups }: Conv2dAttributes): Conv2dAttributes {
  return {
    ...(strides && { strides }),
    ...(pads && { pads }),
    ...(dilations && { dilations }),
    ...(groups !== undefined && { groups }),
  };
}

/** By the bias: the sum over samples and places, inner axes first, which ONNX Runtime does faster. */
export const conv2d: VjpRule<Conv2dAttributes> = (context) => {
  const { g, inputs, dy } = context;
  const [x, filters] = inputs;
  const perSample = g.apply(operators.reduceSum, [dy], { axes: [2, 3] });
  const gradients = [
    byInput(context, dy, filters!, x!),
    byFilters(context, x!, dy, filters!),
    g.apply(operators.reduceSum, [perSample], { axes: [0] }),
  ];
  return gradients.slice(0, inputs.length);
};

export const conv2dInputGradient: VjpRule<Conv2dAttributes> = (context) => {
  const { g, inputs, dy: gradient, attributes } = context;
  const [dy, filters] = inputs;
  return [
    g.apply(operators.conv2d, [gradient, filters!], windowOnly(attributes)),
    byFilters(context, gradient, dy!, filters!),
  ];
};

export const conv2dFilterGradient: VjpRule<Conv2dAttributes> = (context) => {
  const { g, inputs, dy: gradient, attributes } = context;
  const [x, dy] = inputs;
  return [
    byInput(context, dy!, gradient, x!),
    g.apply(operators.conv2d, [x!, gradient], windowOnly(attributes)),
  ];
};
