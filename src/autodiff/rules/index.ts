import type { AttributesOf, OperatorName } from "../../ops/index.ts";
import type { NotDifferentiable, VjpRule } from "../rule.ts";
import * as broadcast from "./broadcast.ts";
import * as convolution from "./convolution.ts";
import * as elementwise from "./elementwise.ts";
import * as indexing from "./indexing.ts";
import * as linalg from "./linalg.ts";
import * as movement from "./movement.ts";
import * as normalization from "./normalization.ts";
import * as ordering from "./ordering.ts";
import * as pooling from "./pooling.ts";
import * as reduction from "./reduction.ts";
import * as resize from "./resize.ts";
import * as softmax from "./softmax.ts";
import * as standardize from "./standardize.ts";

/** The gradient rule of each operator, or the reason why it has none. An operator that is left out does not compile. */
export type VjpRules = {
  readonly [Name in OperatorName]: VjpRule<AttributesOf<Name>> | NotDifferentiable;
};

export const vjpRules: VjpRules = {
  ...elementwise,
  ...linalg,
  ...reduction,
  ...movement,
  ...broadcast,
  ...softmax,
  ...convolution,
  ...pooling,
  ...normalization,
  ...indexing,
  ...resize,
  ...standardize,
  ...ordering,
};
