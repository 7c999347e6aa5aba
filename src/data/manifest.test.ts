import { describe, expect, it } from "vitest";
import { temporaryTree } from "../../test/support/temporaryTree.ts";
import { openDataset } from "./openDataset.ts";

const files = { "a/1.jpg": "1", "a/2.jpg": "2", "b, c/3.jpg": "3", noExtension: "4" };

async function manifest(name: string, content: string | Uint8Array): Promise<string> {
  const root = await temporaryTree({ ...files, [name]: content });
  return `${root}/${name}`;
}

describe("openDataset on a manifest", () => {
  it("reads CSV with columns in any order, a byte order mark and quoted paths", async () => {
    const text =
      '\ufefflabel,path,split,weight\r\ncat,a/1.jpg,train,2.5\r\ndog,"b, c/3.jpg",VAL,\r\n"a, ""dog""",./a/../a/2.jpg,,\r\n';
    const dataset = await openDataset(await manifest("labels.csv", text), { allowProblems: true });
    expect(dataset).toMatchObject({
      layout: "manifest",
      classNames: ['a, "dog"', "cat", "dog"],
      skipped: [],
      notes: [],
    });
    expect(dataset.samples.map(({ name, label, split, weight }) => [name, label, split, weight])).toEqual([
      ["a/1.jpg", 1, "train", 2.5],
      ["b, c/3.jpg", 2, "validation", 1],
      ["a/2.jpg", 0, undefined, 1],
    ]);
  });

  it("reads JSON lines; numbers may be labels, names need no extension", async () => {
    const text =
      '{"path":"a/1.jpg","label":7,"weight":0.5}\n\n{"path":"noExtension","label":"8","split":null}\n';
    const { samples, root } = await openDataset(await manifest("labels.jsonl", text));
    expect(samples).toEqual([
      { path: `${root}/a/1.jpg`, name: "a/1.jpg", label: 0, className: "7", weight: 0.5 },
      { path: `${root}/noExtension`, name: "noExtension", label: 1, className: "8", weight: 1 },
    ]);
  });

  it("keeps rows that say the same once and notes it", async () => {
    const file = await manifest("labels.csv", "path,label\na/1.jpg,x\na/2.jpg,y\na/../a/1.jpg,x\n");
    const { samples, notes, root } = await openDataset(file);
    expect(samples).toHaveLength(2);
    expect(notes).toEqual([`labels.csv:4: ${root}/a/1.jpg is already listed on line 2; kept once`]);
  });

  it("names the first five missing files and their number", async () => {
    const rows = Array.from({ length: 7 }, (_, i) => `x${i}.jpg,a`);
    const file = await manifest("labels.csv", ["path,label", "a/1.jpg,a", "a,b", ...rows].join("\n"));
    await expect(openDataset(file)).rejects.toMatchObject({
      code: "MANIFEST_INVALID",
      message: expect.stringMatching(
        /8 of 9 listed files do not exist or are no files:\n {2}line 3: .*\/a\n {2}line 4: .*\/x0\.jpg\n(.*\n){3} {2}\.\.\. and 3 more\nPaths are relative to/,
      ),
    });
  });

  const invalid: readonly [string, string | Uint8Array, string][] = [
    [
      "an unknown column",
      "path,lable\na/1.jpg,x",
      ':1: unknown column "lable". Known columns are path, label, split, weight. Did you mean label?',
    ],
    ["a missing column", "path,split\na/1.jpg,train", ":1: missing column label, found path, split"],
    ["a repeated column", "path,label,label\na/1.jpg,x,y", ':1: column "label" is there twice'],
    ["another separator", "path;label\na/1.jpg;x", ':1: columns are separated by commas, found "path;label"'],
    ["a row that is too long", "path,label\nb, c/3.jpg,x", ":2: expected 2 values (path,label), found 3"],
    ["a quote that never ends", 'path,label\n"a/1.jpg,x', ":2: a double quote is opened and never closed"],
    [
      "bad UTF-8",
      Buffer.from("path,label\na/1.jpg,caf\xe9\n", "latin1"),
      ":2: not valid UTF-8. Save the file with the encoding UTF-8",
    ],
    [
      "an unknown split",
      "path,label,split\na/1.jpg,x,dev",
      ':2: unknown split "dev"; expected train, validation or test, or nothing',
    ],
    [
      "a weight of zero",
      "path,label,weight\na/1.jpg,x,0",
      ':2: the weight must be a number above 0, found "0"',
    ],
    ["a weight that is no number", "path,label,weight\na/1.jpg,x,1e", 'found "1e"'],
    ["an endless weight", "path,label,weight\na/1.jpg,x,Infinity", 'found "Infinity"'],
    ["an empty label", "path,label\na/1.jpg, ", ':2: the label of "a/1.jpg" is empty'],
    ["an empty path", "path,label\n,x", ":2: the path is empty"],
    [
      "one file under two labels",
      "path,label\na/1.jpg,x\na/1.jpg,y",
      'is listed twice with another label: "x" on line 2, "y" here. Keep one',
    ],
    [
      "one file in two splits",
      "path,label,split\na/1.jpg,x,train\na/1.jpg,x,test",
      'listed twice with another split: "train" on line 2, "test" here',
    ],
    ["nothing at all", "", ":1: the file has no rows. The first one is path,label"],
  ];

  it.each(invalid)("refuses %s", async (_, content, message) => {
    const file = await manifest("labels.csv", content);
    await expect(openDataset(file)).rejects.toMatchObject({
      code: "MANIFEST_INVALID",
      message: expect.stringContaining(message),
    });
    await expect(openDataset(file)).rejects.toThrow(file);
  });

  const invalidJson: readonly [string, string, string][] = [
    [
      "a line that is no JSON",
      '{"path":"a/1.jpg","label":"x"}\n{path}',
      ":2: expected one JSON object a line",
    ],
    ["an array", '["a/1.jpg","x"]', ":1: expected a JSON object such as"],
    ["an unknown member", '{"path":"a/1.jpg","label":"x","fold":1}', ':1: unknown column "fold"'],
    ["a missing member", '{"path":"a/1.jpg"}', ":1: missing column label, found path"],
    ["a label that is a list", '{"path":"a/1.jpg","label":["x"]}', ':1: label is a text, found ["x"]'],
  ];

  it.each(invalidJson)("refuses %s in JSON lines", async (_, content, message) => {
    const file = await manifest("labels.ndjson", content);
    await expect(openDataset(file)).rejects.toMatchObject({
      code: "MANIFEST_INVALID",
      message: expect.stringContaining(message),
    });
  });

  it("refuses a list without rows", async () => {
    await expect(openDataset(await manifest("labels.csv", "path,label\n"))).rejects.toMatchObject({
      code: "DATA_EMPTY",
      message: expect.stringContaining("lists no images"),
    });
  });

  it("refuses a list with one label", async () => {
    await expect(openDataset(await manifest("labels.csv", "path,label\na/1.jpg,x\n"))).rejects.toMatchObject({
      code: "DATA_INVALID",
      message: expect.stringContaining('found only "x". Give the rows at least two different labels.'),
    });
  });
});
