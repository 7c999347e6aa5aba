import { constants } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { messageOf, PermafrostError, systemCode } from "../base/errors.ts";
import { isPackName } from "./packFormat.ts";
import { formatFolder } from "./storeFolder.ts";

/** Number and size of the packs in a store, of all groups. */
interface StoreSize {
  readonly packs: number;
  readonly bytes: number;
}

/**
 * How much a store holds; nothing, where there is none yet.
 *
 * @throws PermafrostError NOT_READABLE when it cannot be read, or could not be written.
 */
export async function describeStore(folder: string): Promise<StoreSize> {
  try {
    await access(await nearestExisting(path.resolve(folder)), constants.R_OK | constants.W_OK);
    return await packsIn(path.join(folder, formatFolder));
  } catch (error) {
    throw new PermafrostError(
      "NOT_READABLE",
      `${folder}: the feature store cannot be read and written (${messageOf(error)}).`,
      { cause: error, details: { path: folder } },
    );
  }
}

async function packsIn(folder: string): Promise<StoreSize> {
  let packs = 0;
  let bytes = 0;
  for (const group of await namesIn(folder)) {
    for (const name of await packNames(path.join(folder, group))) {
      const facts = await stat(path.join(folder, group, name)).catch(() => undefined);
      if (facts === undefined) continue;
      packs++;
      bytes += facts.size;
    }
  }
  return { packs, bytes };
}

/** Of one group; a file among the groups' folders has none. */
async function packNames(group: string): Promise<readonly string[]> {
  const names = await namesIn(group).catch(() => []);
  return names.filter(isPackName);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** The folder itself, or the nearest of those above it that exists: there it would be made. */
async function nearestExisting(folder: string): Promise<string> {
  const facts = await stat(folder).catch(() => undefined);
  const parent = path.dirname(folder);
  return facts !== undefined || parent === folder ? folder : nearestExisting(parent);
}
