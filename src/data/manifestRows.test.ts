import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ManifestSyntaxError, readCsvRows, readJsonRows } from "./manifestRows.ts";

/** Texts near a good manifest: pieces of one in any order. */
const piece = fc.constantFrom(
  "path",
  "label",
  "split",
  "weight",
  ",",
  '"',
  "\n",
  "\r\n",
  "{",
  "}",
  ":",
  "[1]",
  "null",
  "é",
  " ",
);
const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));

describe.each([
  ["readCsvRows", readCsvRows, "path,label\n"],
  ["readJsonRows", readJsonRows, '{"path":"1.jpg","label":"a"}\n'],
] as const)("%s", (_, read, start) => {
  it("reads any text or names the line that is wrong", () => {
    fc.assert(
      fc.property(fc.boolean(), text, (started, rest) => {
        const whole = started ? start + rest : rest;
        try {
          for (const row of read(whole)) expect(typeof row.path).toBe("string");
        } catch (error) {
          expect(error).toBeInstanceOf(ManifestSyntaxError);
          const { line } = error as ManifestSyntaxError;
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(whole.split("\n").length);
        }
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});
