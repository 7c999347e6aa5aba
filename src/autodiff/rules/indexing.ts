import type { NotDifferentiable, VjpRule } from "../rule.ts";

export const oneHot: NotDifferentiable = { notDifferentiable: "class numbers are not continuous" };

/** A size does not depend on the elements. */
export const axisSize: VjpRule<unknown> = () => [undefined];
