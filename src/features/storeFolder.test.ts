import path from "node:path";
import { describe, expect, it } from "vitest";
import { storeFolder } from "./storeFolder.ts";

describe("storeFolder", () => {
  const home = path.resolve("/home/someone");
  const elsewhere = path.resolve("/elsewhere");

  it.each([
    ["PERMAFROST_STORE", "linux", { PERMAFROST_STORE: elsewhere, XDG_CACHE_HOME: home }, elsewhere],
    ["an empty PERMAFROST_STORE", "linux", { PERMAFROST_STORE: "" }, path.join(home, ".cache", "permafrost")],
    ["XDG_CACHE_HOME", "linux", { XDG_CACHE_HOME: elsewhere }, path.join(elsewhere, "permafrost")],
    [
      "a relative XDG_CACHE_HOME",
      "linux",
      { XDG_CACHE_HOME: "cache" },
      path.join(home, ".cache", "permafrost"),
    ],
    ["macOS", "darwin", { XDG_CACHE_HOME: elsewhere }, path.join(home, "Library", "Caches", "permafrost")],
    ["Windows", "win32", { LOCALAPPDATA: elsewhere }, path.join(elsewhere, "permafrost")],
    ["Windows without LOCALAPPDATA", "win32", {}, path.join(home, "AppData", "Local", "permafrost")],
  ] as const)("follows the rules for %s", (_case, platform, env, expected) => {
    expect(storeFolder(env, platform, home)).toBe(expected);
  });
});
