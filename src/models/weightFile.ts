import { readFile } from "node:fs/promises";
import { PermafrostError, systemCode } from "../base/errors.ts";
import { writeFileAtomic } from "../base/files.ts";
import { decodeSafetensors, encodeSafetensors } from "../tensor/safetensors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Model } from "./functional.ts";
import { type NamedWeight, namedWeights, setNamedWeights } from "./weights.ts";

/**
 * Writes all weights of a model, by their paths and in Keras's layout, as a safetensors file.
 *
 * @throws PermafrostError DISK_FULL
 */
export async function writeWeights(model: Model, file: string): Promise<void> {
  await writeFileAtomic(file, encodeSafetensors(namedWeights(model), { format: "permafrost weights 1" }));
}

/**
 * Sets all weights of a model from a file of `writeWeights`.
 *
 * @throws PermafrostError NOT_FOUND, or WEIGHTS_INVALID for a file that is damaged or of another model; then none is changed.
 */
export async function readWeights(model: Model, file: string): Promise<void> {
  const { tensors } = decodeSafetensors(await bytesOf(file), file);
  const weights = [...tensors].map(([name, tensor]): NamedWeight => {
    if (isFloat32(tensor)) return { name, tensor };
    throw new PermafrostError(
      "WEIGHTS_INVALID",
      `${file}: expected float32 weights, ${name} is ${tensor.dtype}.`,
    );
  });
  setNamedWeights(model, weights);
}

function isFloat32(tensor: Tensor): tensor is Tensor<"float32"> {
  return tensor.dtype === "float32";
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    throw new PermafrostError("NOT_FOUND", `${file}: expected a file of weights, there is none.`, {
      cause: error,
    });
  }
}
