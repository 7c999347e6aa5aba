import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { formatOfContent, formatOfName, imageExtensions } from "./format.ts";
import { inspectImage } from "./inspect.ts";

function flat(width: number, height: number, channels: 1 | 2 | 3 | 4) {
  return sharp(Buffer.alloc(width * height * channels, 90), { raw: { width, height, channels } });
}

describe("inspectImage", () => {
  it("reads format, size and samples of a plain JPEG", async () => {
    expect(await inspectImage(await flat(20, 10, 3).jpeg().toBuffer(), "a/b.JPG")).toEqual({
      format: "jpeg",
      formatOfName: "jpeg",
      readable: true,
      problem: undefined,
      width: 20,
      height: 10,
      orientation: 1,
      colourSpace: "rgb",
      bitsPerSample: 8,
      hasAlpha: false,
      frames: 1,
      animated: false,
    });
  });

  it("gives the size after the EXIF orientation, and the orientation", async () => {
    const jpeg = await flat(20, 10, 3).withMetadata({ orientation: 8 }).jpeg().toBuffer();
    expect(await inspectImage(jpeg)).toMatchObject({ width: 10, height: 20, orientation: 8 });
  });

  it("tells CMYK, grey, 16-bit and alpha", async () => {
    const cmyk = await flat(8, 8, 3).toColourspace("cmyk").jpeg().toBuffer();
    expect(await inspectImage(cmyk)).toMatchObject({ colourSpace: "cmyk" });
    const grey = await flat(8, 8, 1).toColourspace("b-w").jpeg().toBuffer();
    expect(await inspectImage(grey)).toMatchObject({ colourSpace: "grey", bitsPerSample: 8 });
    const deep = await flat(8, 8, 3).toColourspace("rgb16").png().toBuffer();
    expect(await inspectImage(deep)).toMatchObject({ colourSpace: "rgb", bitsPerSample: 16 });
    expect(await inspectImage(await flat(8, 8, 4).png().toBuffer())).toMatchObject({ hasAlpha: true });
  });

  it("counts frames and sees that a GIF is named .jpg", async () => {
    const frames = await Promise.all([flat(8, 8, 3), flat(8, 8, 3).negate()].map((x) => x.png().toBuffer()));
    const gif = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [10, 20] })
      .toBuffer();
    expect(await inspectImage(gif, "cat.jpg")).toMatchObject({
      format: "gif",
      formatOfName: "jpeg",
      frames: 2,
      animated: true,
      width: 8,
      height: 8,
    });
    const still = await flat(8, 8, 3).gif().toBuffer();
    expect(await inspectImage(still)).toMatchObject({ frames: 1, animated: false });
  });

  it("calls WebP, TIFF and AVIF by name", async () => {
    for (const format of ["webp", "tiff", "avif"] as const) {
      const facts = await inspectImage(await flat(16, 16, 3).toFormat(format).toBuffer());
      expect(facts).toMatchObject({ format, readable: true, width: 16 });
    }
  });

  it("says why a file is not readable, without throwing", async () => {
    expect(await inspectImage(new Uint8Array(0), "a.jpg")).toMatchObject({
      format: "empty",
      readable: false,
      problem: "an empty file",
    });
    expect(await inspectImage(Buffer.from("hello, world"), "a.jpg")).toMatchObject({
      format: "unknown",
      formatOfName: "jpeg",
      readable: false,
      problem: "content of no known image format (first bytes 68656c6c6f2c2077)",
    });
    const cut = (await flat(8, 8, 3).png().toBuffer()).subarray(0, 12);
    expect((await inspectImage(cut)).problem).toContain("a PNG whose header cannot be read");
  });
});

describe("formatOfContent", () => {
  it.each([
    ["<svg/>", "svg"],
    ["plain text about <svg>", "unknown"],
    ["\ufeff<?xml version='1.0'?><!-- drawn --><svg xmlns='x'>", "svg"],
    ["\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic"],
    ["\0\0\0\x18ftypavif\0\0\0\0mif1miaf", "avif"],
    ["\0\0\0\x18ftypisom\0\0\0\0isommp42", "unknown"],
    ["BM\x36\0\0\0", "bmp"],
    ["%PDF-1.4", "unknown"],
    ["GIF", "unknown"],
  ])("takes %j for %s", (text, format) => {
    expect(formatOfContent(Buffer.from(text))).toBe(format);
  });
});

describe("formatOfName", () => {
  it("looks at the last extension only, in any case", () => {
    expect(formatOfName("a.png/b.tar.JPEG")).toBe("jpeg");
    expect(formatOfName("a.png/b")).toBe("unknown");
    expect(formatOfName(".png")).toBe("png");
    expect(imageExtensions.every((extension) => extension === extension.toLowerCase())).toBe(true);
  });
});
