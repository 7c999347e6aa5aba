import { existsSync } from "node:fs";
import path from "node:path";
import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import type { ProgressEvent } from "../../src/base/progress.ts";
import { Random } from "../../src/base/random.ts";
import { renderScan, scanDataset } from "../../src/data/scan.ts";
import { temporaryTree } from "../support/temporaryTree.ts";

/** A picture of soft blobs; each seed gives another one. */
function picture(seed: number, width = 80, height = 60): Sharp {
  const random = new Random("scan", seed);
  const coarse = Uint8Array.from({ length: 8 * 6 * 3 }, () => random.integer(256));
  const small = sharp(coarse, { raw: { width: 8, height: 6, channels: 3 } });
  return small.resize(width, height, { kernel: "cubic", fit: "fill" });
}

const jpeg = (seed: number) => picture(seed).jpeg().toBuffer();

describe("scanDataset", () => {
  it("counts classes, splits, formats and sizes of a clean data set and finds nothing", async () => {
    const root = await temporaryTree({
      "train/cats/1.jpg": await jpeg(1),
      "train/dogs/1.png": await picture(2, 100, 50).png().toBuffer(),
      "val/cats/2.webp": await picture(3, 64, 90).webp().toBuffer(),
      ".hidden": "",
    });
    const events: ProgressEvent[] = [];
    const report = await scanDataset(root, { onProgress: (event) => events.push(event) });
    expect(report).toMatchObject({
      root,
      layout: "splits",
      images: 3,
      unreadable: 0,
      classes: [
        { className: "cats", total: 2, splits: { train: 1, validation: 1, test: 0, open: 0 } },
        { className: "dogs", total: 1, splits: { train: 1, validation: 0, test: 0, open: 0 } },
      ],
      formats: { jpeg: 1, png: 1, webp: 1 },
      width: { min: 64, median: 80, max: 100 },
      height: { min: 50, median: 60, max: 90 },
      hidden: 1,
      findings: [],
    });
    expect(events.at(-1)).toEqual({ phase: "scan", done: 3, total: 3, unit: "images" });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it("names images that cannot be read and why, and goes on", async () => {
    const whole = await jpeg(1);
    const root = await temporaryTree({
      "a/1.jpg": whole,
      "a/cut.jpg": whole.subarray(0, whole.length / 2),
      "a/empty.jpg": "",
      "b/text.jpg": "this is no picture",
      "b/2.jpg": await jpeg(2),
    });
    const { findings, unreadable, images } = await scanDataset(root);
    expect({ unreadable, images }).toEqual({ unreadable: 3, images: 5 });
    const unread = findings.filter(({ kind }) => kind === "unreadable");
    expect(unread.map(({ paths, severity, text }) => [paths.join(), severity, text])).toEqual([
      ["a/cut.jpg", "error", expect.stringContaining("a JPEG that is cut off or damaged")],
      ["a/empty.jpg", "error", "an empty file"],
      ["b/text.jpg", "error", expect.stringContaining("content of no known image format")],
    ]);
  });

  it("says what is done with odd images", async () => {
    const rgba = picture(6).ensureAlpha(0.5);
    const frames = Array.from({ length: 3 }, (_, i) =>
      picture(10 + i)
        .png()
        .toBuffer(),
    );
    const root = await temporaryTree({
      "a/turned.jpg": await picture(1).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
      "a/cmyk.jpg": await picture(2).toColourspace("cmyk").jpeg().toBuffer(),
      "a/deep.png": await picture(3).toColourspace("rgb16").png().toBuffer(),
      "a/grey.jpg": await picture(4).toColourspace("b-w").jpeg().toBuffer(),
      "b/gif.jpg": await picture(5).gif().toBuffer(),
      "b/alpha.png": await rgba.png().toBuffer(),
      "b/moves.gif": await sharp(await Promise.all(frames), { join: { animated: true } })
        .gif()
        .toBuffer(),
      "b/small.png": await picture(7, 40, 31).png().toBuffer(),
      "b/strip.png": await picture(8, 500, 100).png().toBuffer(),
    });
    const { findings } = await scanDataset(root);
    expect(findings.map(({ kind, severity, paths }) => [kind, severity, paths.join()])).toEqual([
      ["content-mismatch", "warning", "b/gif.jpg"],
      ["small", "warning", "b/small.png"],
      ["extreme-aspect", "warning", "b/strip.png"],
      ["exif-rotated", "note", "a/turned.jpg"],
      ["animated", "note", "b/moves.gif"],
      ["alpha", "note", "b/alpha.png,b/moves.gif"],
      ["cmyk", "note", "a/cmyk.jpg"],
      ["deep-colour", "note", "a/deep.png"],
      ["grey", "note", "a/grey.jpg"],
    ]);
    expect(findings[0]?.text).toBe(
      "GIF by content, JPEG by name. They are read by content; other programs may fail on them.",
    );
  });

  it("finds copies, exact and near, under two labels and across splits", async () => {
    const [one, two, three, four] = await Promise.all([jpeg(1), jpeg(2), jpeg(3), jpeg(4)]);
    const again = (bytes: Buffer) =>
      sharp(bytes).resize(61, 47, { fit: "fill" }).jpeg({ quality: 60 }).toBuffer();
    const root = await temporaryTree({
      "train/a/1.jpg": one,
      "train/a/1 again.jpg": one,
      "train/a/2.jpg": two,
      "train/b/2 other label.jpg": two,
      "train/b/3.jpg": three,
      "test/b/3 exact.jpg": three,
      "train/b/4.jpg": four,
      "test/b/4 near.jpg": await again(four),
      "train/b/5.jpg": await jpeg(5),
      "train/b/5 near.jpg": await again(await jpeg(5)),
    });
    const { findings } = await scanDataset(root);
    expect(findings.map(({ kind, severity, paths }) => [kind, severity, ...paths])).toEqual([
      ["label-conflict", "error", "train/a/2.jpg", "train/b/2 other label.jpg"],
      ["leak", "error", "train/b/3.jpg", "test/b/3 exact.jpg"],
      ["leak", "error", "train/b/4.jpg", "test/b/4 near.jpg"],
      ["duplicate", "warning", "train/a/1 again.jpg", "train/a/1.jpg"],
      ["near-duplicate", "warning", "train/b/5 near.jpg", "train/b/5.jpg"],
    ]);
  });

  it("reports what would stop a training instead of failing", async () => {
    const root = await temporaryTree({
      "a/1.jpg": await jpeg(1),
      "a/2.jpg": await jpeg(2),
      "a/note.txt": "",
      "A/broken.jpg": "",
      "stray.jpg": "",
    });
    const { findings } = await scanDataset(root);
    expect(findings.map(({ kind, severity, text }) => [kind, severity, text])).toEqual([
      ["layout", "error", expect.stringContaining('"A" and "a" differ by upper and lower case')],
      ["layout", "error", expect.stringContaining('class "A" has no readable image')],
      ["unreadable", "error", "an empty file"],
      ["left-out", "warning", "lies beside the class folders, so it has no label"],
      ["not-an-image", "note", "not an image by its name. They are ignored."],
    ]);
  });

  it("stops when asked", async () => {
    const root = await temporaryTree({ "a/1.jpg": await jpeg(1), "b/2.jpg": await jpeg(2) });
    await expect(scanDataset(root, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "INTERRUPTED",
    });
  });
});

describe("renderScan", () => {
  it("shows classes, facts and findings", async () => {
    const root = await temporaryTree({
      "cats/1.jpg": await jpeg(1),
      "cats/2.jpg": await jpeg(2),
      "dogs/1.jpg": await jpeg(1),
      "dogs/3.jpg": await picture(3).toColourspace("b-w").jpeg({ quality: 50 }).toBuffer(),
    });
    const text = renderScan({ ...(await scanDataset(root)), root: "photos", bytes: 12_345 });
    expect(text).toMatchInlineSnapshot(`
      "photos: one folder a class, 2 classes, 4 images, 13 kB

      class  images
      cats        2
      dogs        2

      formats     jpeg 4
      width       80 pixels
      height      60 pixels
      unreadable  0
      hidden      0 files or folders passed over

      2 findings

      error: label-conflict (1)
        2 files: the same file has different labels (cats, dogs). Keep the right one.
          cats/1.jpg
          dogs/1.jpg

      note: grey (1)
        1 file: grey. They become RGB with three equal channels.
          dogs/3.jpg
      "
    `);
  });

  it("shows the first of many paths and counts the rest", async () => {
    const root = await temporaryTree({ "a/1.jpg": await jpeg(1), "b/2.jpg": await jpeg(2) });
    const report = await scanDataset(root);
    const paths = Array.from({ length: 8 }, (_, i) => `a/${i}.jpg`);
    const finding = { kind: "grey", severity: "note", paths, text: "grey." } as const;
    const text = renderScan({ ...report, findings: Array.from({ length: 12 }, () => finding) });
    expect(text).toContain("note: grey (12)\n  8 files: grey.\n    a/0.jpg\n");
    expect(text).toContain("    a/4.jpg\n    ... and 3 more\n");
    expect(text).toMatch(/ {2}\.\.\. and 2 more\n$/);
  });
});

const photographs = path.resolve(process.env["PERMAFROST_TEST_DATA"] ?? "../shared/data", "tiny_imagenet_10");
const missing = existsSync(photographs) ? "" : ` (skipped: ${photographs} is not there)`;

describe.skipIf(missing !== "")(`scanDataset on photographs${missing}`, () => {
  it("finds the grey ones among 1,500 small photographs, and no two that are the same", async () => {
    const report = await scanDataset(photographs);
    expect(report).toMatchObject({ images: 1500, unreadable: 0, formats: { jpeg: 1500 } });
    expect(report.findings.map(({ kind, paths }) => [kind, paths.length])).toEqual([["grey", 8]]);
  });
});
