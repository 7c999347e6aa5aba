import { lookUp } from "../base/identifiers.ts";
import { adadelta } from "./adadelta.ts";
import { adagrad } from "./adagrad.ts";
import { adam } from "./adam.ts";
import { adamw } from "./adamw.ts";
import { lion } from "./lion.ts";
import { nadam } from "./nadam.ts";
import type { CommonConfig, Optimizer } from "./optimizer.ts";
import { rmsprop } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

export type { Optimizer } from "./optimizer.ts";
export { cosineDecay } from "./schedules/cosineDecay.ts";
export { adadelta, adagrad, adam, adamw, lion, nadam, rmsprop, sgd };

/** Every optimizer by name. A new one is a file and an entry here. */
export const optimizers = { sgd, rmsprop, adam, adamw, nadam, adagrad, adadelta, lion } as const;

/** What of an optimizer can be written down and sent: enough to make it again. */
export interface OptimizerConfig {
  readonly kind: string;
  readonly config: CommonConfig;
}

/** A name ("rmsprop", Keras's defaults), an optimizer, or its written form. */
export type OptimizerIdentifier = string | OptimizerConfig;

/**
 * The optimizer that is meant.
 *
 * @throws PermafrostError UNKNOWN_NAME (with the nearest name) or INVALID_ARGUMENT.
 */
export function resolveOptimizer(identifier: OptimizerIdentifier): Optimizer {
  if (typeof identifier === "string") return factoryOf(identifier)();
  return factoryOf(identifier.kind)(identifier.config);
}

/** The written form: plain JSON. */
export function optimizerConfig({ kind, config }: Optimizer): OptimizerConfig {
  return { kind, config };
}

function factoryOf(name: string): (options?: Partial<CommonConfig>) => Optimizer {
  const table: Readonly<Record<string, (options?: Partial<CommonConfig>) => Optimizer>> = optimizers;
  return lookUp("optimizer", name, table);
}
