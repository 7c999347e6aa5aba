import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCsv } from "./csv.ts";

const fieldsOf = (text: string) => parseCsv(text).map(({ fields }) => fields);

describe("parseCsv", () => {
  it("reads commas, quotes and line ends inside quoted fields", () => {
    expect(fieldsOf('a,"b,c"\r\n"say ""hi""","two\nlines"\n')).toEqual([
      ["a", "b,c"],
      ['say "hi"', "two\nlines"],
    ]);
  });

  it("counts lines through fields that hold line ends", () => {
    expect(parseCsv('a\n"1\n2",x\n\nb').map(({ line }) => line)).toEqual([1, 2, 5]);
  });

  it("keeps empty fields at both ends of a row", () => {
    expect(fieldsOf(",a,\n,,")).toEqual([
      ["", "a", ""],
      ["", "", ""],
    ]);
  });

  it.each([
    ['a\n"open', 2],
    ['"a"b', 1],
    ['a\nb"c', 2],
  ])("names the line of a broken quote in %j", (text, line) => {
    expect(() => parseCsv(text)).toThrow(expect.objectContaining({ line }));
  });

  it("reads back whatever is written with every field quoted", () => {
    const table = fc.array(fc.array(fc.string({ unit: "grapheme" }), { minLength: 2, maxLength: 4 }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(table, (rows) => {
        const text = rows
          .map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(","))
          .join("\r\n");
        expect(fieldsOf(text)).toEqual(rows);
      }),
      { seed: 1 },
    );
  });
});
