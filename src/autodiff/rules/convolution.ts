import type { NotDifferentiable } from "../rule.ts";

export const conv2d: NotDifferentiable = { notDifferentiable: "its rule is not written yet" };
