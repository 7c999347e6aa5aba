import { homedir } from "node:os";
import path from "node:path";

/** The format's version is part of the path, so that two versions of Permafrost can share a folder. */
export const formatFolder = "features-v1";

/**
 * Where the feature store lies unless a command says otherwise: PERMAFROST_STORE, else `permafrost` in the system's
 * cache folder ($XDG_CACHE_HOME or ~/.cache, ~/Library/Caches on macOS, %LOCALAPPDATA% on Windows).
 */
export function storeFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const given = env["PERMAFROST_STORE"];
  if (given !== undefined && given !== "") return path.resolve(given);
  return path.join(cacheFolder(env, platform, home), "permafrost");
}

function cacheFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: string,
): string {
  if (platform === "win32") return env["LOCALAPPDATA"] ?? path.join(home, "AppData", "Local");
  if (platform === "darwin") return path.join(home, "Library", "Caches");
  const xdg = env["XDG_CACHE_HOME"];
  // The XDG rules say that a relative path there is to be ignored.
  return xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, ".cache");
}
