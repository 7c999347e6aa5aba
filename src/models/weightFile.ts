import { writeFileAtomic } from "../base/files.ts";
import { encodeSafetensors } from "../tensor/safetensors.ts";
import type { Model } from "./functional.ts";
import { namedWeights } from "./weights.ts";

/** What the files of `writeWeights` say of themselves. */
export const weightsFormat = "permafrost weights 1";

/**
 * Writes all weights of a model, by their paths and in Keras's layout, as a safetensors file.
 *
 * @throws PermafrostError DISK_FULL
 */
export async function writeWeights(model: Model, file: string): Promise<void> {
  await writeFileAtomic(file, encodeSafetensors(namedWeights(model), { format: weightsFormat }));
}
