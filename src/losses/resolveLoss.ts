import { lookUp } from "../base/identifiers.ts";
import * as factories from "./index.ts";
import type { Loss } from "./loss.ts";

const losses: Readonly<Record<string, (options?: never) => Loss>> = {
  ...factories,
  bce: factories.binaryCrossentropy,
  mse: factories.meanSquaredError,
  mae: factories.meanAbsoluteError,
  mape: factories.meanAbsolutePercentageError,
  msle: factories.meanSquaredLogarithmicError,
  kld: factories.klDivergence,
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
