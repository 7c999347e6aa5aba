import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { errorCodes } from "../../src/base/errors.ts";

describe("docs/errors.md", () => {
  it("has one row for each error code, in order", () => {
    const text = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
    const documented = [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);
    expect(documented).toEqual([...errorCodes]);
  });
});
