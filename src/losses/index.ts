import { lookUp } from "../base/identifiers.ts";
import { binaryCrossentropy } from "./binaryCrossentropy.ts";
import { binaryFocalCrossentropy } from "./binaryFocalCrossentropy.ts";
import { categoricalCrossentropy } from "./categoricalCrossentropy.ts";
import { categoricalFocalCrossentropy } from "./categoricalFocalCrossentropy.ts";
import { categoricalHinge } from "./categoricalHinge.ts";
import { cosineSimilarity } from "./cosineSimilarity.ts";
import { hinge } from "./hinge.ts";
import { huber } from "./huber.ts";
import { klDivergence } from "./klDivergence.ts";
import { logCosh } from "./logCosh.ts";
import type { Loss } from "./loss.ts";
import { meanAbsoluteError } from "./meanAbsoluteError.ts";
import { meanAbsolutePercentageError } from "./meanAbsolutePercentageError.ts";
import { meanSquaredError } from "./meanSquaredError.ts";
import { meanSquaredLogarithmicError } from "./meanSquaredLogarithmicError.ts";
import { poisson } from "./poisson.ts";
import { sparseCategoricalCrossentropy } from "./sparseCategoricalCrossentropy.ts";
import { squaredHinge } from "./squaredHinge.ts";

export type { BinaryFocalOptions } from "./binaryFocalCrossentropy.ts";
export type { HuberOptions } from "./huber.ts";
export type { Loss, TargetKind } from "./loss.ts";
export type { ClassAxisOptions, CrossentropyOptions, FocalOptions } from "./options.ts";
export { type LossOptions, type Reduction, reducedLoss, reduceLosses } from "./reduction.ts";
export type { SparseCrossentropyOptions } from "./sparseCategoricalCrossentropy.ts";

export {
  binaryCrossentropy,
  binaryFocalCrossentropy,
  categoricalCrossentropy,
  categoricalFocalCrossentropy,
  categoricalHinge,
  cosineSimilarity,
  hinge,
  huber,
  klDivergence,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
  sparseCategoricalCrossentropy,
  squaredHinge,
};

/** Every loss. A new one is a file here and a line in this table. */
const losses: Readonly<Record<string, (options?: never) => Loss>> = {
  binaryCrossentropy,
  binaryFocalCrossentropy,
  categoricalCrossentropy,
  categoricalFocalCrossentropy,
  sparseCategoricalCrossentropy,
  meanSquaredError,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredLogarithmicError,
  huber,
  logCosh,
  klDivergence,
  poisson,
  cosineSimilarity,
  hinge,
  squaredHinge,
  categoricalHinge,
  bce: binaryCrossentropy,
  mse: meanSquaredError,
  mae: meanAbsoluteError,
  mape: meanAbsolutePercentageError,
  msle: meanSquaredLogarithmicError,
  kld: klDivergence,
};

/** A loss by name ("binary_crossentropy", "binaryCrossentropy", "bce"), by saved name and options, or itself. */
export type LossIdentifier = string | Loss | { readonly name: string; readonly config: object };

/**
 * The loss that an identifier names.
 *
 * @throws PermafrostError UNKNOWN_NAME that lists the known names and the nearest one.
 */
export function resolveLoss(identifier: LossIdentifier): Loss {
  if (typeof identifier === "string") return lookUp("loss", identifier, losses)();
  if ("perSample" in identifier) return identifier;
  // A configuration is a valid options object of the function that made it, and each function checks what it takes.
  return lookUp("loss", identifier.name, losses)(identifier.config as never);
}
