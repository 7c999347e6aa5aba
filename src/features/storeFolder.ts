import { homedir } from "node:os";
import path from "node:path";
import { cacheFolder, type Environment } from "../base/cacheFolder.ts";
import { PermafrostError } from "../base/errors.ts";

/** The format's version is part of the path, so that two versions of Permafrost can share a folder. */
export const formatFolder = "features-v1";

/**
 * Where the feature store lies unless a command says otherwise: PERMAFROST_STORE, else `permafrost` in the system's
 * cache folder ($XDG_CACHE_HOME or ~/.cache, ~/Library/Caches on macOS, %LOCALAPPDATA% on Windows).
 */
export function storeFolder(
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const given = env["PERMAFROST_STORE"];
  if (given !== undefined && given !== "") return path.resolve(given);
  return path.join(cacheFolder(env, platform, home), "permafrost");
}

/** Size limit of a store unless something else is said: PERMAFROST_STORE_LIMIT, else 50 GiB. */
export function storeLimit(env: Environment = process.env): number {
  const given = env["PERMAFROST_STORE_LIMIT"];
  return given === undefined || given === "" ? 50 * 2 ** 30 : parseBytes(given);
}

const unitBytes: Readonly<Record<string, number>> = {
  "": 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/**
 * Bytes from a text such as `20GiB`, `1.5 TiB` or `4096`.
 *
 * @throws PermafrostError INVALID_ARGUMENT.
 */
export function parseBytes(text: string): number {
  const [, number, unit = ""] = /^([0-9]+(?:\.[0-9]+)?) ?([KMGT]iB)?$/.exec(text.trim()) ?? [];
  if (number !== undefined) return Math.floor(Number(number) * unitBytes[unit]!);
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `size: expected a number with KiB, MiB, GiB or TiB, such as 20GiB, got ${JSON.stringify(text)}.`,
  );
}
