import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { sha256 } from "../base/digest.ts";
import { messageOf, PermafrostError } from "../base/errors.ts";
import { type GgufFile, readGguf } from "../formats/ggufReader.ts";

/** The weight file that comes with a dependency of this package. */
export const embeddedWeights = {
  package: "@qvac/classification-ggml",
  file: "weights/mobilenetv3_3class_v3_fp16.gguf",
  sha256: "faaa680c62f989d642032114c8892e9f43e9f2487ff7a350941715c7de9ffb6c",
  licence: "Apache-2.0",
} as const;

/**
 * Where the file lies on this machine.
 *
 * @throws PermafrostError NOT_FOUND with the command that mends it.
 */
export function embeddedWeightsPath(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${embeddedWeights.package}/package`);
    return path.join(path.dirname(manifest), embeddedWeights.file);
  } catch (error) {
    throw missing(`the package ${embeddedWeights.package}`, error);
  }
}

/**
 * Reads the file after checking its digest.
 *
 * @param file - Another place of the same file; default: the installed package.
 * @throws PermafrostError NOT_FOUND, or DIGEST_MISMATCH when the file is not the one this version was made for.
 */
export async function readEmbeddedWeights(file: string = embeddedWeightsPath()): Promise<GgufFile> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw missing(file, error);
  }
  const found = sha256(bytes);
  if (found !== embeddedWeights.sha256) {
    throw new PermafrostError(
      "DIGEST_MISMATCH",
      `${file}: expected SHA-256 ${embeddedWeights.sha256}, got ${found} (${bytes.length} bytes). Run "npm ci" to get the right file.`,
      { details: { path: file, expected: embeddedWeights.sha256, found } },
    );
  }
  return readGguf(bytes, file);
}

function missing(what: string, cause: unknown): PermafrostError {
  return new PermafrostError(
    "NOT_FOUND",
    `the embedded base network's weights: ${what} is not there (${messageOf(cause).split("\n")[0]}). Run "npm ci" in the package's folder.`,
    { cause, details: { what } },
  );
}
