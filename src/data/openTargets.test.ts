import { describe, expect, it } from "vitest";
import { temporaryTree } from "../../test/support/temporaryTree.ts";
import type { TargetTask } from "./dataset.ts";
import { openTargets } from "./openTargets.ts";

const pictures = { "photos/1.jpg": "1", "photos/2.jpg": "2", "photos/3.jpg": "3" };

async function open(task: TargetTask, name: string, content: string, names?: readonly string[]) {
  const root = await temporaryTree({ ...pictures, [name]: content });
  return openTargets({ data: `${root}/photos`, labels: `${root}/${name}`, task, ...(names && { names }) });
}

const targetsOf = ({ samples }: Awaited<ReturnType<typeof open>>) => samples.map(({ targets }) => targets);

describe("a table of labels", () => {
  it("may hold lists of labels, in any form of file", async () => {
    const csv = "file,labels,split\n1.jpg,cat;indoors,train\n2.jpg,,val\n3.jpg, indoors ,\n";
    const json = JSON.stringify([
      { path: "1.jpg", labels: ["cat", "indoors"] },
      { path: "2.jpg", labels: [] },
      { path: "3.jpg", labels: "indoors" },
    ]);
    for (const [name, text] of [
      ["t.csv", csv],
      ["t.json", json],
    ] as const) {
      const dataset = await open("multilabel", name, text);
      expect(dataset).toMatchObject({ task: "multilabel", classNames: ["cat", "indoors"] });
      expect(targetsOf(dataset)).toEqual([
        [1, 1],
        [0, 0],
        [0, 1],
      ]);
      expect(dataset.samples.map(({ className }) => className)).toEqual(["cat;indoors", "", "indoors"]);
    }
    const { samples } = await open("multilabel", "t.csv", csv);
    expect(samples.map(({ split, name }) => [name, split])).toEqual([
      ["1.jpg", "train"],
      ["2.jpg", "validation"],
      ["3.jpg", undefined],
    ]);
  });

  it("may have a column of 0 and 1 for each label", async () => {
    const dataset = await open("multilabel", "t.tsv", "path\tb\ta\n1.jpg\t1\t0\n2.jpg\t0\t1\n");
    expect(dataset.classNames).toEqual(["b", "a"]);
    expect(targetsOf(dataset)).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it("is read in the order of a model's labels", async () => {
    const dataset = await open("multilabel", "t.csv", "path,labels\n1.jpg,a\n", ["c", "a"]);
    expect(targetsOf(dataset)).toEqual([[0, 1]]);
  });
});

describe("a table of values", () => {
  it("has one or several columns of numbers", async () => {
    const dataset = await open(
      "regression",
      "t.csv",
      "path,age,weight_kg,weight\n1.jpg,3,0.5,2\n2.jpg,-1e2,7,1\n",
    );
    expect(dataset).toMatchObject({ task: "regression", classNames: ["age", "weight_kg"] });
    expect(targetsOf(dataset)).toEqual([
      [3, 0.5],
      [-100, 7],
    ]);
    expect(dataset.samples[0]!.weight).toBe(2);
  });

  it("is not complete: images of the folder without a row are counted and named", async () => {
    const { notes, root, samples } = await open("regression", "t.csv", "path,x\n1.jpg,1\n3.jpg,2\n");
    expect(samples).toHaveLength(2);
    expect(notes).toEqual([`t.csv has no row for 1 of the 3 images in ${root}; they are not used: 2.jpg`]);
    const complete = await open("regression", "t.csv", "path,x\n1.jpg,1\n3.jpg,2\n2.jpg,5\n");
    expect(complete.notes).toEqual([]);
  });

  it("may itself be given for the folder that it lies in", async () => {
    const root = await temporaryTree({ ...pictures, "photos/t.csv": "path,x\n1.jpg,1\n2.jpg,2\n" });
    const { samples, notes } = await openTargets({ data: `${root}/photos/t.csv`, task: "regression" });
    expect(notes).toEqual([]);
    expect(samples.map(({ name }) => name)).toEqual(["1.jpg", "2.jpg"]);
  });
});

describe("a table that does not fit is refused", () => {
  it.each<[string, TargetTask, string, string, readonly string[] | undefined]>([
    ["no file column", "regression", "name,x\n1.jpg,1\n", "missing column path (or file)", undefined],
    ["no targets", "regression", "path,split\n1.jpg,train\n", "no column with targets", undefined],
    [
      "an empty value",
      "regression",
      "path,x\n1.jpg,\n",
      ':2: "x" is a finite number, found nothing',
      undefined,
    ],
    [
      "NaN",
      "regression",
      "path,x\n1.jpg,1\n2.jpg,NaN\n",
      ':3: "x" is a finite number, found "NaN"',
      undefined,
    ],
    ["endless", "regression", "path,x\n1.jpg,1e99\n", 'found "1e99"', undefined],
    ["neither 0 nor 1", "multilabel", "path,a\n1.jpg,2\n", '"a" is 0 or 1, found "2"', undefined],
    [
      "a label that is not known",
      "multilabel",
      "path,labels\n1.jpg,dog\n",
      '"dog" is not known to the model',
      ["cat"],
    ],
    ["a missing value", "regression", "path,agee\n1.jpg,1\n", 'missing column "age"', ["age"]],
    ["a mixture", "multilabel", "path,labels,a\n1.jpg,b,1\n", "beside the column labels", undefined],
    [
      "a contradiction",
      "regression",
      "path,x\n1.jpg,1\n1.jpg,2\n",
      'listed twice with another "x": "1" on line 2, "2" here. Keep one',
      undefined,
    ],
    [
      "a missing image",
      "regression",
      "path,x\n9.jpg,1\n1.jpg,2\n",
      "1 of 2 listed files do not exist",
      undefined,
    ],
    ["a value that never changes", "regression", "path,x\n1.jpg,1\n2.jpg,1\n", "nothing to learn", undefined],
    [
      "a label of all",
      "multilabel",
      "path,labels\n1.jpg,a\n2.jpg,a;b\n",
      'every image has the label "a"',
      undefined,
    ],
    ["no label at all", "multilabel", "path,labels\n1.jpg,\n", "no image has a label", undefined],
    ["no rows", "multilabel", "path,labels\n", "lists no images", undefined],
    ["an unknown split", "regression", "path,x,split\n1.jpg,1,hold\n", "unknown split", undefined],
  ])("%s", async (_, task, text, message, names) => {
    await expect(open(task, "t.csv", text, names)).rejects.toThrow(message);
  });

  it("a folder without a table", async () => {
    const root = await temporaryTree(pictures);
    await expect(openTargets({ data: `${root}/photos`, task: "multilabel" })).rejects.toThrow(
      "Give --labels",
    );
  });
});
