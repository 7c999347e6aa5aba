import { open, readFile } from "node:fs/promises";
import path from "node:path";
import { type Digest, sha256 } from "../base/digest.ts";
import { PermafrostError, systemCode } from "../base/errors.ts";
import { decodeSafetensors } from "../tensor/safetensors.ts";
import { hasDType } from "../tensor/tensor.ts";
import type { BundleContents, BundleDescription, FileRecord, NamedWeight } from "./bundleContents.ts";
import { newestFolder } from "./folderSwap.ts";
import { manifestName, parseManifest, versionOf } from "./manifest.ts";
import { baseModelName, baseName, headName } from "./saveBundle.ts";

/**
 * Reads a bundle: schema, digests and every member are checked; nothing in it is ever run.
 *
 * @throws PermafrostError NOT_FOUND when there is no such folder; BUNDLE_INVALID, BUNDLE_NEWER, DIGEST_MISMATCH or
 *   WEIGHTS_INVALID with the file and the reason.
 */
export async function loadBundle(folder: string): Promise<BundleContents> {
  return await readConsistently(folder, async (place, description) => {
    const { head, files, ...rest } = description;
    const weights = await readWeights(place, headName, files);
    const contents = { ...rest, head: { layers: head.layers, weights } };
    const has = (name: string) => Object.hasOwn(files, name);
    return {
      ...contents,
      ...(has(baseName) ? { embeddedBase: await readWeights(place, baseName, files) } : {}),
      ...(has(baseModelName) ? { baseModel: await readListed(place, baseModelName, files) } : {}),
    };
  });
}

/** What a bundle says about itself, without its weights: quick, whatever its size. */
export async function describeBundleFolder(
  folder: string,
): Promise<BundleDescription & { readonly version: number; readonly embedsBase: boolean }> {
  return await readConsistently(folder, async (_place, description) => ({
    ...description,
    version: versionOf(description),
    embedsBase: Object.hasOwn(description.files, baseName),
  }));
}

/**
 * Refuses a base other than the one the head was trained on.
 *
 * @param found - Digest of the base's weights as they are now.
 * @throws PermafrostError DIGEST_MISMATCH naming both.
 */
export function checkBase(folder: string, base: BundleContents["base"], found: Digest): void {
  if (found === base.weightsDigest) return;
  throw new PermafrostError(
    "DIGEST_MISMATCH",
    `${folder}: its head was trained on ${base.name} with weights of SHA-256 ${base.weightsDigest}, here they have ${found}. ` +
      "Use the same weights, or train again with these (--embed-base keeps a copy in the bundle).",
    { details: { path: folder, expected: base.weightsDigest, found } },
  );
}

/** Reads manifest and files together; starts over if another process replaced the bundle in between. */
async function readConsistently<T>(
  folder: string,
  read: (place: string, description: BundleDescription) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const place = await newestFolder(folder);
    const manifest = await readManifest(folder, place);
    try {
      return await read(place, parseManifest(manifest, path.join(folder, manifestName)));
    } catch (error) {
      if (attempt === 3 || (await isUnchanged(folder, manifest))) throw error;
    }
  }
}

async function isUnchanged(folder: string, manifest: Uint8Array): Promise<boolean> {
  const now = await readFile(path.join(await newestFolder(folder), manifestName)).catch(() => undefined);
  return now === undefined || sha256(now) === sha256(manifest);
}

async function readManifest(folder: string, place: string): Promise<Uint8Array> {
  const where = path.join(place, manifestName);
  try {
    return await readFile(where);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" && place === folder && !(await isThere(folder))) {
      throw new PermafrostError(
        "NOT_FOUND",
        `${folder}: there is no such folder. Give the folder that \`permafrost train\` wrote.`,
        {
          details: { path: folder },
        },
      );
    }
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") {
      throw new PermafrostError(
        "BUNDLE_INVALID",
        `${folder}: not a bundle of permafrost: it has no ${manifestName}. Give the folder that \`permafrost train\` wrote.`,
        { details: { path: folder }, cause: error },
      );
    }
    if (code === "EACCES" || code === "EPERM") {
      throw new PermafrostError(
        "NOT_READABLE",
        `${where}: no permission to read it. Change its permissions.`,
        {
          details: { path: where },
          cause: error,
        },
      );
    }
    throw error;
  }
}

async function isThere(folder: string): Promise<boolean> {
  try {
    await (await open(folder, "r")).close();
    return true;
  } catch (error) {
    return systemCode(error) !== "ENOENT";
  }
}

async function readWeights(
  folder: string,
  name: string,
  files: Readonly<Record<string, FileRecord>>,
): Promise<NamedWeight[]> {
  const where = path.join(folder, name);
  const bytes = await readListed(folder, name, files);
  return [...decodeSafetensors(bytes, where).tensors].map(([weight, tensor]) => {
    if (hasDType(tensor, "float32")) return { name: weight, tensor };
    throw new PermafrostError(
      "WEIGHTS_INVALID",
      `${where}: weight ${weight}: expected float32, got ${tensor.dtype}.`,
    );
  });
}

/** A file of the bundle, held against its digest. */
async function readListed(
  folder: string,
  name: string,
  files: Readonly<Record<string, FileRecord>>,
): Promise<Uint8Array> {
  const where = path.join(folder, name);
  const record = Object.hasOwn(files, name) ? files[name] : undefined;
  const bytes = await readFile(where).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  });
  if (record === undefined || bytes === undefined) {
    throw new PermafrostError(
      "BUNDLE_INVALID",
      `${where}: ${record === undefined ? `not listed in ${manifestName}` : "missing"}. The bundle is incomplete; train again or restore it from a copy.`,
      { details: { path: where } },
    );
  }
  const found = sha256(bytes);
  if (found !== record.sha256) {
    throw new PermafrostError(
      "DIGEST_MISMATCH",
      `${where}: its content is not what was written: expected ${record.bytes} bytes of SHA-256 ${record.sha256}, ` +
        `got ${bytes.length} bytes of ${found}. Restore the bundle from a copy or train again.`,
      { details: { path: where, expected: record.sha256, found } },
    );
  }
  return bytes;
}
