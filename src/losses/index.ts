import { lookUp } from "../base/identifiers.ts";
import { binaryCrossentropy } from "./binaryCrossentropy.ts";
import { categoricalCrossentropy } from "./categoricalCrossentropy.ts";
import type { Loss } from "./loss.ts";
import { meanSquaredError } from "./meanSquaredError.ts";
import type { CrossentropyOptions } from "./options.ts";
import { sparseCategoricalCrossentropy } from "./sparseCategoricalCrossentropy.ts";

export { type Loss, meanLoss } from "./loss.ts";
export type { CrossentropyOptions } from "./options.ts";
export type { SparseCrossentropyOptions } from "./sparseCategoricalCrossentropy.ts";
export { binaryCrossentropy, categoricalCrossentropy, meanSquaredError, sparseCategoricalCrossentropy };

/** Every loss. A new one is a file here and a line in this table. */
const losses: Readonly<Record<string, (options?: CrossentropyOptions) => Loss>> = {
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
  meanSquaredError,
  bce: binaryCrossentropy,
  mse: meanSquaredError,
};

/** A loss by name ("binary_crossentropy", "binaryCrossentropy", "bce"), by saved name and options, or itself. */
export type LossIdentifier = string | Loss | { readonly name: string; readonly config: Loss["config"] };

/**
 * The loss that an identifier names.
 *
 * @throws PermafrostError UNKNOWN_NAME that lists the known names and the nearest one.
 */
export function resolveLoss(identifier: LossIdentifier): Loss {
  if (typeof identifier === "string") return lookUp("loss", identifier, losses)();
  if ("perSample" in identifier) return identifier;
  return lookUp("loss", identifier.name, losses)(identifier.config);
}
