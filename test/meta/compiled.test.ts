import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const dist = fileURLToPath(new URL("../../dist", import.meta.url));

describe("the compiled code", () => {
  // TypeScript 6.0 does not rewrite import("x.ts") in a function that also has `await using`.
  it("imports no TypeScript file", () => {
    const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".js"),
    );
    expect(files.length).toBeGreaterThan(100);
    const wrong = files.filter((name) =>
      /\bimport\("[^"]*\.ts"\)|from "[^"]*\.ts"/.test(readFileSync(path.join(dist, name), "utf8")),
    );
    expect(wrong).toEqual([]);
  });
});
