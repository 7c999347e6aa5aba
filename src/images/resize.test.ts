import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ResampleFilter } from "../applications/preprocessing.ts";
import type { PixelImage } from "./pixelImage.ts";
import { Resampler } from "./resize.ts";

interface GoldenCase {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly filter: ResampleFilter;
  readonly sha256: string;
  readonly bytes?: readonly number[];
}

const goldenFile = new URL("../../test/golden/pillowResize.json", import.meta.url);
const golden: { readonly cases: readonly GoldenCase[] } = JSON.parse(readFileSync(goldenFile, "utf8"));

/** The formula of test/golden/pillowResize.py. */
function picture(width: number, height: number): PixelImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) {
    const c = i % 3;
    const x = Math.floor(i / 3) % width;
    const y = Math.floor(i / 3 / width);
    const value = x * x * 7 + y * y * 13 + x * y * 5 + c * 89 + ((x * 31 + y * 17) % 101) * 3;
    data[i] = (value >> (1 + ((x + y + c) % 3))) & 255;
  }
  return { width, height, data };
}

describe("Resampler repeats Pillow bit for bit", () => {
  // One for all cases: what an earlier picture left in memory must not matter.
  const resampler = new Resampler();

  it.each(golden.cases)("$filter, $from to $to", ({ from, to, filter, sha256, bytes }) => {
    const [width, height] = to;
    const resized = resampler.resize(picture(...from), { width, height, filter });
    expect([resized.width, resized.height]).toEqual([width, height]);
    if (bytes !== undefined) expect([...resized.data]).toEqual(bytes);
    expect(createHash("sha256").update(resized.data).digest("hex")).toBe(sha256);
  });
});

describe("Resampler", () => {
  it("hands out pixels that later calls leave alone", () => {
    const resampler = new Resampler();
    const options = { width: 5, height: 5, filter: "bilinear" } as const;
    const first = resampler.resize(picture(9, 9), options);
    const copy = [...first.data];
    resampler.resize(picture(700, 500), options);
    expect([...first.data]).toEqual(copy);
  });

  it("gives the same bits for pictures above and below the size of a band", () => {
    // 3000 rows of 900 bytes are several bands; row by row they must come out as in one piece.
    const tall = picture(300, 3000);
    const resampler = new Resampler();
    const narrow = resampler.resize(tall, { width: 100, height: 3000, filter: "bicubic" });
    for (const top of [0, 582, 583, 1500, 2900]) {
      const strip = { width: 300, height: 100, data: tall.data.subarray(top * 900, (top + 100) * 900) };
      const part = resampler.resize(strip, { width: 100, height: 100, filter: "bicubic" });
      expect(Buffer.from(part.data).equals(narrow.data.subarray(top * 300, (top + 100) * 300))).toBe(true);
    }
  });

  it("keeps a plain colour plain however tall the picture", () => {
    // Windows of 2^18 rows, larger than a band, each with a coefficient of 2^4 / 2^22.
    const height = 2 ** 19;
    const image = { width: 1, height, data: new Uint8Array(height * 3).fill(77) };
    const resized = new Resampler().resize(image, { width: 3, height: 2, filter: "box" });
    expect([...resized.data]).toEqual(new Array(18).fill(77));
  });

  it("refuses sizes and filters that make no sense", () => {
    const resampler = new Resampler();
    const image = picture(2, 2);
    expect(() => resampler.resize(image, { width: 0, height: 2, filter: "box" })).toThrow(
      "expected a width and a height of at least 1 pixel, got 0 x 2",
    );
    const filter = "bilinaer" as ResampleFilter;
    expect(() => resampler.resize(image, { width: 2, height: 2, filter })).toThrow("Did you mean bilinear?");
  });

  it("says so when a size needs more memory than there is", () => {
    expect(() =>
      new Resampler().resize(picture(2, 2), { width: 50_000, height: 50_000, filter: "box" }),
    ).toThrow(/resampling to 50000 x 50000 pixels needs \d+ MiB, more than there is/);
  });
});
