import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { messageOf, PermafrostError } from "./errors.ts";
import type { ImageKernels } from "./imageKernels.ts";
import type { TrainingKernels } from "./trainingKernels.ts";

export type { ImageKernels } from "./imageKernels.ts";
export type { TrainingKernels } from "./trainingKernels.ts";

/** The WebAssembly modules that `kernels/` builds, by name. */
export interface KernelModules {
  readonly training: TrainingKernels;
  readonly images: ImageKernels;
}

/** A WebAssembly page in bytes: the unit in which memories are made and grown. */
export const pageBytes = 65_536;

/**
 * Loads a module of SIMD kernels that works on the caller's memory.
 *
 * The kernels keep no data of their own in the memory: every byte offset is the caller's to give.
 * They go on working after `memory.grow()`; JavaScript views of the memory do not.
 *
 * @throws PermafrostError ENGINE_MISSING when the module has not been built.
 */
export function instantiateKernels<Name extends keyof KernelModules>(
  module: Name,
  memory: WebAssembly.Memory,
): KernelModules[Name] {
  const compiled = new WebAssembly.Module(readKernels(module));
  const instance = new WebAssembly.Instance(compiled, { env: { memory } });
  // The module and this interface are written together; a test calls every export.
  return instance.exports as KernelModules[Name];
}

/** The same relative depth from src/base and dist/base. */
function readKernels(module: string): Uint8Array {
  const url = new URL(`../../kernels/build/${module}.wasm`, import.meta.url);
  try {
    return readFileSync(url);
  } catch (error) {
    const path = fileURLToPath(url);
    throw new PermafrostError(
      "ENGINE_MISSING",
      `${path}: expected the WebAssembly kernels, could not read them (${messageOf(error)}). ` +
        "In a checkout, run `npm run build`; in an installed package, install it again.",
      { cause: error, details: { path } },
    );
  }
}
