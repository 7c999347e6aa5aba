import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeStripes } from "../support/pictures.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const photos = path.join(
  process.env["PERMAFROST_TEST_DATA"] ?? path.join(root, "../shared/data"),
  "cats_and_dogs_small",
);
const hasPhotos = await stat(photos).then(
  () => true,
  () => false,
);

const run = promisify(execFile);

/** Runs the compiled example as its own process, as `npm run example` does. */
async function runExample(name: string, ...words: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ["scripts/example.js", name, ...words], { cwd: root });
  return stdout;
}

/** The columns of the printed curve: epoch, loss, acc, val_loss, val_acc. */
function curveOf(output: string): number[][] {
  const lines = output.split("\n");
  const start = lines.findIndex((line) => line.startsWith("epoch "));
  const rows = lines.slice(start + 1).filter((line) => /^ +\d+ /.test(line));
  return rows.map((line) => line.trim().split(/ +/).map(Number));
}

/** The first files of each class of a split. */
async function copyPart(split: string, perClass: number, folder: string): Promise<void> {
  for (const className of ["cats", "dogs"]) {
    const from = path.join(photos, split, className);
    const to = path.join(folder, split, className);
    await mkdir(to, { recursive: true });
    for (const name of (await readdir(from)).sort().slice(0, perClass)) {
      await copyFile(path.join(from, name), path.join(to, name));
    }
  }
}

describe("examples/book-5.3-fast.ts", () => {
  beforeAll(async () => {
    await run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.examples.json"], {
      cwd: root,
    });
  }, 60_000);

  it("learns to tell stripes apart", async () => {
    const folder = await temporaryFolder("book");
    await writeStripes(path.join(folder, "train"), ["across", "upright"], 20);
    await writeStripes(path.join(folder, "validation"), ["across", "upright"], 10);
    await writeStripes(path.join(folder, "test"), ["across", "upright"], 10);
    const output = await runExample("book-5.3-fast", folder, "4");
    expect(output).toContain("Found 40 images belonging to 2 classes.");
    const curve = curveOf(output);
    expect(curve.map(([epoch]) => epoch)).toEqual([1, 2, 3, 4]);
    expect(curve.at(-1)![2]!).toBeGreaterThan(0.8);
    expect(Number(/^test: .*acc ([\d.]+)$/m.exec(output)?.[1])).toBeGreaterThan(0.8);
  });

  it.skipIf(!hasPhotos)(
    `learns on a part of the book's photographs (skipped without ${photos})`,
    async () => {
      const folder = await temporaryFolder("book");
      await copyPart("train", 50, folder);
      await copyPart("validation", 25, folder);
      await copyPart("test", 25, folder);
      const output = await runExample("book-5.3-fast", folder, "3");
      expect(output).toContain("Found 100 images belonging to 2 classes.");
      const curve = curveOf(output);
      expect(curve).toHaveLength(3);
      const [first, , last] = curve;
      expect(last![1]!).toBeLessThan(first![1]!);
      expect(last![2]!).toBeGreaterThan(0.7);
    },
  );
});
