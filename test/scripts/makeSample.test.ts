import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const script = fileURLToPath(new URL("../../scripts/makeSample.js", import.meta.url));
const place = mkdtempSync(path.join(tmpdir(), "permafrost-sample-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));

function makeSample(folder: string, perClass: number) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, folder, "--per-class", String(perClass)],
    { encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

/** Every file below a folder with its bytes, sorted. */
function contentOf(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => [path.relative(folder, file), readFileSync(file).toString("base64")]);
}

describe("the sample pictures", () => {
  const folder = path.join(place, "sample data");

  test("four designs are for training, the fifth only for the test", () => {
    const { status, stdout } = makeSample(folder, 3);
    expect(stdout).toContain("30 pictures made");
    expect(status).toBe(0);
    const designs = (split: string, className: string) => [
      ...new Set(
        readdirSync(path.join(folder, split, className)).map(
          (name) => name.split(/-(?=ant|baby|bat|avo|bac|bag)/)[0],
        ),
      ),
    ];
    for (const className of ["animal", "food"]) {
      expect(designs("train", className)).toEqual(["emojione", "fluent-emoji-flat", "noto", "twemoji"]);
      expect(designs("test", className)).toEqual(["openmoji"]);
    }
    expect(readdirSync(place)).toEqual(["sample data"]);
  });

  test("the licence of every design is named", () => {
    const text = readFileSync(path.join(folder, "LICENSES.txt"), "utf8");
    for (const licence of ["Apache 2.0", "CC BY 4.0", "MIT", "CC BY-SA 4.0"]) expect(text).toContain(licence);
  });

  test("a complete folder is left alone and the same pictures come out again", () => {
    const before = contentOf(folder);
    expect(makeSample(folder, 3).stdout).toContain("complete already");
    const again = path.join(place, "again");
    makeSample(again, 3);
    expect(contentOf(again)).toEqual(before);
  });

  test("a folder of somebody else is refused and stays as it is", () => {
    const other = path.join(place, "other");
    mkdirSync(other);
    writeFileSync(path.join(other, "mine.txt"), "mine");
    const { status, stderr } = makeSample(other, 3);
    expect(status).toBe(1);
    expect(stderr).toContain("was not made by this script");
    expect(readdirSync(other)).toEqual(["mine.txt"]);
  });
});
