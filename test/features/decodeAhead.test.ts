import path from "node:path";
import { describe, expect, it } from "vitest";
import { DecodeAhead, type Decoded, type ImageSource } from "../../src/features/decodeAhead.ts";
import { writePictures } from "../support/extraction.ts";
import { temporaryFolder } from "../support/featureRows.ts";

async function sources(count: number): Promise<ImageSource[]> {
  const views = await writePictures(path.join(temporaryFolder(), "pictures"), count);
  return views.map(({ image, path: file }) => ({ image, paths: [file] }));
}

describe("DecodeAhead", () => {
  it.each([
    { ahead: 4, pixelBytes: 2 ** 20, release: true },
    { ahead: 1, pixelBytes: 2 ** 20, release: true },
    { ahead: 16, pixelBytes: 1, release: true },
    { ahead: 16, pixelBytes: 1, release: false },
  ])(
    "hands out every image in order with $ahead ahead in $pixelBytes bytes (released: $release)",
    async (bounds) => {
      const images = await sources(12);
      const decoder = new DecodeAhead(images, bounds);
      const taken: Decoded<ImageSource>[] = [];
      for (let next = await decoder.take(); next !== undefined; next = await decoder.take()) {
        taken.push(next);
        if (bounds.release) decoder.release(next);
      }
      expect(taken.map((one) => one.source)).toEqual(images);
      expect(taken.every((one) => one.pixels !== undefined && one.skipped.length === 0)).toBe(true);
    },
  );

  it("hands out nothing more after stop", async () => {
    const decoder = new DecodeAhead(await sources(5), { ahead: 3, pixelBytes: 2 ** 20 });
    await decoder.take();
    await decoder.stop();
    expect(await decoder.take()).toBeUndefined();
  });

  it("decodes once for views of one image that follow each other", async () => {
    const [first, second] = await sources(2);
    const decoder = new DecodeAhead([first!, first!, second!, first!], { ahead: 4, pixelBytes: 2 ** 20 });
    const taken = [await decoder.take(), await decoder.take(), await decoder.take(), await decoder.take()];
    expect(taken[1]?.pixels).toBe(taken[0]?.pixels);
    expect(taken[2]?.pixels).not.toBe(taken[0]?.pixels);
    expect(taken[3]?.pixels).toEqual(taken[0]?.pixels);
  });
});
