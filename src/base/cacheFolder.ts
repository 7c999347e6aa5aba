import { homedir } from "node:os";
import path from "node:path";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The system's folder for what can be made or fetched again: $XDG_CACHE_HOME or ~/.cache, ~/Library/Caches on macOS,
 * %LOCALAPPDATA% on Windows.
 */
export function cacheFolder(
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (platform === "win32") return env["LOCALAPPDATA"] ?? path.join(home, "AppData", "Local");
  if (platform === "darwin") return path.join(home, "Library", "Caches");
  const xdg = env["XDG_CACHE_HOME"];
  // The XDG rules say that a relative path there is to be ignored.
  return xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, ".cache");
}
