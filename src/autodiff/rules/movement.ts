import { inversePermutation } from "../../ops/axes.ts";
import { operators } from "../../ops/index.ts";
import type {
  ConcatAttributes,
  PadAttributes,
  SliceAttributes,
  TransposeAttributes,
} from "../../ops/movement.ts";
import { normalizeAxis } from "../../tensor/shape.ts";
import type { VjpRule } from "../rule.ts";

export const reshape: VjpRule<unknown> = ({ g, inputs: [x], dy }) => [
  g.apply(operators.reshape, [dy], { shape: x!.type.shape }),
];

export const transpose: VjpRule<TransposeAttributes> = ({ g, dy, attributes }) => [
  g.apply(operators.transpose, [dy], { permutation: inversePermutation(attributes.permutation) }),
];

/** Each input gets its part of the gradient back. */
export const concat: VjpRule<ConcatAttributes> = ({ g, inputs, dy, attributes }) => {
  const axis = normalizeAxis(attributes.axis, dy.type.shape.length);
  let start = 0;
  return inputs.map((x) => {
    const end = start + Number(x.type.shape[axis]);
    const part = g.apply(operators.slice, [dy], { axis, start, end });
    start = end;
    return part;
  });
};

/** What was cut away has gradient 0. */
export const slice: VjpRule<SliceAttributes> = ({ g, inputs: [x], dy, attributes }) => {
  const { shape } = x!.type;
  const axis = normalizeAxis(attributes.axis, shape.length);
  const none = shape.map(() => 0);
  const before = none.with(axis, attributes.start);
  const after = none.with(axis, Number(shape[axis]) - attributes.end);
  return [g.apply(operators.pad, [dy], { before, after })];
};

/** What was added does not depend on x. */
export const pad: VjpRule<PadAttributes> = ({ g, inputs: [x], dy, attributes }) => {
  let gradient = dy;
  for (const [axis, size] of x!.type.shape.entries()) {
    const start = attributes.before[axis]!;
    if (start + attributes.after[axis]! === 0) continue;
    gradient = g.apply(operators.slice, [gradient], { axis, start, end: start + Number(size) });
  }
  return [gradient];
};
