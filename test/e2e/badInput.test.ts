import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { expectRefusal } from "../support/expectRefusal.ts";
import { lastEvent } from "../support/runCli.ts";
import { small, type Workplace, workplace } from "../support/workplace.ts";

let place: Workplace;

/** Every file in the workplace but the feature store, which any run may fill. */
async function tree(): Promise<string[]> {
  const entries = await readdir(place.folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  const names = files.map((entry) => path.relative(place.folder, path.join(entry.parentPath, entry.name)));
  return names.filter((name) => name.split(path.sep)[0] !== "store").sort();
}

async function writeText(name: string, text: string | Uint8Array): Promise<void> {
  await mkdir(path.dirname(place.at(name)), { recursive: true });
  await writeFile(place.at(name), text);
}

beforeAll(async () => {
  place = await workplace("bad", 6);
  const copyClass = (from: string, to: string) =>
    cp(place.at("photos", from), place.at(to), { recursive: true });
  await mkdir(place.at("empty"));
  await copyClass("across", "one/across");
  await cp(place.photos, place.at("hollow"), { recursive: true });
  await mkdir(place.at("hollow", "nothing"));
  await cp(place.photos, place.at("unreadable"), { recursive: true });
  await writeText("unreadable/broken/text.jpg", "no picture");
  await writeText("unreadable/broken/empty.jpg", "");
  await copyClass("across", "case/Cats");
  await copyClass("upright", "case/cats");
  await copyClass("across", "splits/train/across");
  await copyClass("upright", "splits/train/upright");
  await copyClass("across", "splits/validation/across");
  await copyClass("slanted", "splits/validation/slanted");
  await writeText("taken/notes.txt", "mine");
  await writeText("file.txt", "just a file");
  const row = (name: string, label: string) => `photos/${label}/${name}.png,${label}\n`;
  const good = row("1", "across") + row("2", "across") + row("1", "upright") + row("2", "upright");
  await writeText("gone.csv", `path,label\n${good}photos/across/gone.png,across\n`);
  await writeText("columns.csv", `path,lable\n${good}`);
  await writeText("contradiction.csv", `path,label\n${good}photos/across/1.png,upright\n`);
  await writeText("repeated.csv", `path,label\n${good}${row("1", "across")}`);
  await writeText("latin1.csv", Buffer.from(`path,label\n${good}photos/caf\xe9.png,across\n`, "latin1"));
  await writeText("broken.jsonl", '{"path":"photos/across/1.png","label":"across"}\n{"path":\n');
}, 60_000);

describe("data that cannot be trained on", () => {
  it.each<[string, string[], number, string[]]>([
    ["a missing folder", ["nowhere"], 1, ["nowhere: does not exist", "Check the path", "[NOT_FOUND]"]],
    [
      "an empty folder",
      ["empty"],
      1,
      ["empty: the folder is empty", "Wanted is one folder a class", "[DATA_EMPTY]"],
    ],
    [
      "one class only",
      ["one"],
      1,
      ["one: a classifier needs at least 2 classes", 'only "across"', "Add a second class"],
    ],
    [
      "a class without images",
      ["hollow"],
      1,
      ['hollow: class "nothing" has no image file', "Add images", "[DATA_EMPTY]"],
    ],
    [
      "a class with no readable image",
      ["unreadable"],
      1,
      [
        'unreadable: class "broken" has no readable image',
        "broken/",
        "no known image format",
        "Replace the damaged files",
      ],
    ],
    [
      "a file instead of a folder",
      ["file.txt"],
      1,
      ["file.txt: expected a folder or a manifest", "found another file"],
    ],
    [
      "labels that differ by case",
      ["case"],
      1,
      ['the classes "Cats" and "cats" differ by upper and lower case', "rename"],
    ],
    [
      "a class that only validation has",
      ["splits"],
      1,
      ['class "slanted" is in validation (validation/slanted/0.png) but not in train', "[CLASS_MISMATCH]"],
    ],
    [
      "a manifest with missing files",
      ["gone.csv"],
      1,
      ["1 of 5 listed files do not exist", "line 6: ", "gone.png", "Mend the paths"],
    ],
    [
      "a manifest with an unknown column",
      ["columns.csv"],
      1,
      ['columns.csv:1: unknown column "lable"', "Did you mean label?"],
    ],
    [
      "a manifest that contradicts itself",
      ["contradiction.csv"],
      1,
      ["contradiction.csv:6: ", "listed twice with another label", '"across" on line 2, "upright" here'],
    ],
    [
      "a manifest that is no UTF-8",
      ["latin1.csv"],
      1,
      ["latin1.csv:6: not valid UTF-8", "Save the file with the encoding UTF-8"],
    ],
    ["a manifest that is no JSON", ["broken.jsonl"], 1, ["broken.jsonl:2: expected one JSON object a line"]],
    ["an unknown base", ["photos", "--base", "mobilenet_v3_smal"], 2, ["Did you mean mobilenet_v3_small?"]],
    [
      "an unknown layer in the head",
      ["photos", "--head", "dens:16"],
      2,
      ['got "dens:16"', "Did you mean dense?"],
    ],
    [
      "a size that the base does not take",
      ["photos", "--image-size", "97"],
      2,
      ["multiples of 32 from 96 up", "got [97, 97, 3]"],
    ],
    [
      "an output folder that is not ours",
      ["photos", "--out", "taken"],
      1,
      ['taken: exists already and is not a bundle: "notes.txt"', "Nothing was changed"],
    ],
    [
      "an output that is a file",
      ["photos", "--out", "file.txt"],
      1,
      ["file.txt: exists already and is a file, not a folder"],
    ],
    ["a folder that begins with a dash", ["-photos"], 2, ["unknown option '-photos'", "./-photos"]],
  ])("%s is refused, and nothing is written", async (_, words, code, texts) => {
    const before = await tree();
    expectRefusal(
      await place.run(["train", ...words, ...(words.includes("--image-size") ? [] : small)]),
      code,
      texts,
    );
    expect(await tree()).toEqual(before);
  });

  it("shows a stack with --debug only, and the error as an event with --json", async () => {
    const run = await place.run(["train", "empty", "--debug", "--json"]);
    expect(run.stderr).toMatch(/^ {4}at /m);
    expect(run.events).toEqual([
      { event: "error", code: "DATA_EMPTY", message: expect.stringContaining("the folder is empty") },
    ]);
  });

  it("keeps the first of equal rows of a manifest", async () => {
    const run = await place.run([
      "train",
      "repeated.csv",
      ...small,
      "--epochs",
      "1",
      "--out",
      "repeated-run",
      "--json",
    ]);
    expect(run.code).toBe(0);
    const { samples } = lastEvent(run, "result") as unknown as { samples: Record<string, number> };
    expect(Object.values(samples).reduce((sum, count) => sum + count, 0)).toBe(4);
  });
});
