import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { PermafrostError } from "../base/errors.ts";
import { decodeImage, decodeVersion } from "./decode.ts";

/** A picture of one colour, ready to be encoded. */
function flat(width: number, height: number, colour: readonly number[]) {
  const data = Buffer.from(Array.from({ length: width * height }, () => colour).flat());
  const channels = colour.length as 1 | 2 | 3 | 4;
  return sharp(data, { raw: { width, height, channels } });
}

/** A picture whose every pixel differs from its neighbours, [height, width, 3]. */
function gradient(width: number, height: number): Buffer {
  return Buffer.from(Array.from({ length: width * height * 3 }, (_, i) => (i * 37 + (i % 3) * 50) % 256));
}

async function refusal(bytes: Uint8Array, path: string): Promise<string> {
  try {
    await decodeImage(bytes, { path });
  } catch (error) {
    expect(error).toBeInstanceOf(PermafrostError);
    expect(error).toMatchObject({ code: "IMAGE_UNREADABLE" });
    return (error as PermafrostError).message;
  }
  throw new Error("the picture was decoded");
}

describe("decodeImage", () => {
  it("gives back the pixels of a PNG", async () => {
    const pixels = gradient(7, 5);
    const png = await sharp(pixels, { raw: { width: 7, height: 5, channels: 3 } })
      .png()
      .toBuffer();
    const image = await decodeImage(png);
    expect([image.width, image.height]).toEqual([7, 5]);
    expect(Buffer.from(image.data).equals(pixels)).toBe(true);
    expect(image.data.constructor).toBe(Uint8Array);
  });

  it("turns a picture upright by its EXIF orientation", async () => {
    // Orientation 6: the stored first row is the right-hand column.
    const stored = Buffer.from([255, 0, 0, 0, 255, 0]);
    const png = await sharp(stored, { raw: { width: 2, height: 1, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    const image = await decodeImage(png);
    expect([image.width, image.height]).toEqual([1, 2]);
    expect([...image.data]).toEqual([255, 0, 0, 0, 255, 0]);
  });

  it("composes transparent pixels on white, or drops the alpha channel", async () => {
    const png = await flat(2, 2, [10, 20, 30, 0]).png().toBuffer();
    expect([...(await decodeImage(png)).data.subarray(0, 3)]).toEqual([255, 255, 255]);
    const dropped = await decodeImage(png, { alpha: "drop" });
    expect([...dropped.data.subarray(0, 3)]).toEqual([10, 20, 30]);
  });

  it("spreads grey over three channels, with and without alpha", async () => {
    const grey = await flat(3, 3, [77]).toColourspace("b-w").png().toBuffer();
    expect(new Set((await decodeImage(grey)).data)).toEqual(new Set([77]));
    const greyAlpha = await flat(3, 3, [77, 255]).png().toBuffer();
    expect((await decodeImage(greyAlpha)).data).toEqual(new Uint8Array(27).fill(77));
  });

  it("reads palettes", async () => {
    const png = await flat(4, 4, [200, 100, 50]).png({ palette: true }).toBuffer();
    expect([...(await decodeImage(png)).data.subarray(0, 3)]).toEqual([200, 100, 50]);
  });

  it("keeps the upper byte of 16-bit samples", async () => {
    const samples = Uint16Array.from([0x0100, 0x80ff, 0xffff, 0x1234, 0x00ff, 0x7f80]);
    const png = await sharp(samples, { raw: { width: 2, height: 1, channels: 3 } })
      .toColourspace("rgb16")
      .png()
      .toBuffer();
    expect([...(await decodeImage(png)).data]).toEqual([0x01, 0x80, 0xff, 0x12, 0x00, 0x7f]);
    const grey = await sharp(Uint16Array.from([0x40ff, 0xc000]), {
      raw: { width: 2, height: 1, channels: 1 },
    })
      .toColourspace("grey16")
      .png()
      .toBuffer();
    expect([...(await decodeImage(grey)).data]).toEqual([0x40, 0x40, 0x40, 0xc0, 0xc0, 0xc0]);
  });

  it("converts CMYK to RGB", async () => {
    const jpeg = await flat(16, 16, [200, 40, 40]).toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer();
    const [r, g, b] = (await decodeImage(jpeg)).data;
    expect(r).toBeGreaterThan(150);
    expect(Math.max(g!, b!)).toBeLessThan(90);
  });

  it("takes the first frame of an animation", async () => {
    const frames = await Promise.all(
      [10, 200].map((value) => flat(8, 8, [value, value, value]).png().toBuffer()),
    );
    const gif = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [10, 20] })
      .toBuffer();
    const image = await decodeImage(gif);
    expect([image.width, image.height, image.data[0]]).toEqual([8, 8, 10]);
  });

  it("ignores embedded colour profiles", async () => {
    const png = await flat(4, 4, [200, 100, 50]).withIccProfile("p3", { attach: true }).png().toBuffer();
    const stored = await sharp(png, { ignoreIcc: true }).raw().toBuffer();
    expect(Buffer.from((await decodeImage(png)).data).equals(stored)).toBe(true);
  });

  it("decodes WebP, TIFF, AVIF and GIF, whatever the name says", async () => {
    for (const format of ["webp", "tiff", "avif", "gif"] as const) {
      const bytes = await flat(16, 16, [90, 90, 90]).toFormat(format).toBuffer();
      const image = await decodeImage(bytes, { path: "a.jpg" });
      expect([image.width, image.height]).toEqual([16, 16]);
      expect(Math.abs(image.data[0]! - 90)).toBeLessThanOrEqual(2);
    }
  });
});

describe("decodeImage refuses, naming path, expected, found and what to do", () => {
  it("a truncated JPEG", async () => {
    const jpeg = await sharp(gradient(200, 100), { raw: { width: 200, height: 100, channels: 3 } })
      .jpeg()
      .toBuffer();
    expect(await refusal(jpeg.subarray(0, jpeg.length * 0.6), "cats/1.jpg")).toMatchInlineSnapshot(
      `"cats/1.jpg: expected a JPEG, PNG, WebP, GIF, TIFF or AVIF picture, found a JPEG that is cut off or damaged (VipsJpeg: premature end of JPEG image). Convert or replace the file, or take it out."`,
    );
    expect(await refusal(jpeg.subarray(0, 12), "cats/1.jpg")).toContain("a JPEG whose header cannot be read");
  });

  it("a truncated PNG", async () => {
    const png = await sharp(gradient(200, 100), { raw: { width: 200, height: 100, channels: 3 } })
      .png()
      .toBuffer();
    expect(await refusal(png.subarray(0, png.length * 0.6), "a.png")).toContain(
      "a PNG that is cut off or damaged",
    );
  });

  it("zero bytes", async () => {
    expect(await refusal(new Uint8Array(0), "cats/empty.jpg")).toMatchInlineSnapshot(
      `"cats/empty.jpg: expected a JPEG, PNG, WebP, GIF, TIFF or AVIF picture, found an empty file. Convert or replace the file, or take it out."`,
    );
  });

  it("text named .jpg", async () => {
    expect(await refusal(Buffer.from("hello, world"), "cats/note.jpg")).toMatchInlineSnapshot(
      `"cats/note.jpg: expected a JPEG, PNG, WebP, GIF, TIFF or AVIF picture, found content of no known image format (first bytes 68656c6c6f2c2077). Convert or replace the file, or take it out."`,
    );
  });

  it("SVG and BMP", async () => {
    const svg = Buffer.from(
      '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    );
    expect(await refusal(svg, "a.png")).toContain("found SVG, which is not supported");
    expect(await refusal(Buffer.from("BM000000000000"), "a.bmp")).toContain(
      "found BMP, which is not supported",
    );
  });

  it("a PNG of 30,000 x 30,000 pixels in a few bytes", async () => {
    expect(await refusal(pngBomb(30_000), "bomb.png")).toMatchInlineSnapshot(
      `"bomb.png: expected a JPEG, PNG, WebP, GIF, TIFF or AVIF picture, found a PNG of 30000 x 30000 pixels, over the limit of 100,000,000 pixels. Convert or replace the file, or take it out."`,
    );
  });

  it("pictures over the caller's own limit", async () => {
    const png = await flat(11, 10, [1, 2, 3]).png().toBuffer();
    await expect(decodeImage(png, { maxPixels: 109 })).rejects.toThrow(
      "11 x 10 pixels, over the limit of 109",
    );
    expect((await decodeImage(png, { maxPixels: 110 })).width).toBe(11);
  });
});

describe("decodeVersion", () => {
  it("names the codec", () => {
    expect(decodeVersion).toMatch(/^decode-\d+-sharp-\d+\.\d+\.\d+-vips-\d+\.\d+\.\d+$/);
  });
});

/** A black square PNG, 1 bit a pixel: nearly nothing on disk, gigabytes in memory. */
function pngBomb(side: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = Buffer.alloc(side * (1 + Math.ceil(side / 8)));
  const chunks = [chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...chunks]);
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
