import type { Operator } from "../graph/operator.ts";
import * as broadcast from "./broadcast.ts";
import * as convolution from "./convolution.ts";
import * as convolutionFilterGradient from "./convolutionFilterGradient.ts";
import * as convolutionGradient from "./convolutionGradient.ts";
import * as elementwise from "./elementwise.ts";
import * as indexing from "./indexing.ts";
import * as linalg from "./linalg.ts";
import * as movement from "./movement.ts";
import * as normalization from "./normalization.ts";
import * as normalizationGradient from "./normalizationGradient.ts";
import * as ordering from "./ordering.ts";
import * as pooling from "./pooling.ts";
import * as poolingGradient from "./poolingGradient.ts";
import * as reduction from "./reduction.ts";
import * as resize from "./resize.ts";
import * as softmax from "./softmax.ts";
import * as standardize from "./standardize.ts";

/** Every operator by name. A new operator is an entry in its family's file; the compiler then asks for its rules. */
export const operators = {
  ...elementwise,
  ...linalg,
  ...reduction,
  ...movement,
  ...broadcast,
  ...softmax,
  ...convolution,
  ...convolutionGradient,
  ...convolutionFilterGradient,
  ...pooling,
  ...poolingGradient,
  ...normalization,
  ...normalizationGradient,
  ...indexing,
  ...resize,
  ...standardize,
  ...ordering,
} as const;

type Operators = typeof operators;
export type OperatorName = keyof Operators;

/** What a node of this operator must say besides its inputs. */
export type AttributesOf<Name extends OperatorName> =
  Operators[Name] extends Operator<string, infer Attributes> ? Attributes : never;
