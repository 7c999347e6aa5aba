import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { decodeImage } from "./decode.ts";
import { Resampler } from "./resize.ts";

interface Photo {
  readonly path: string;
  readonly file: string;
  readonly size: readonly [number, number];
  readonly pixels: string;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const data = path.resolve(root, process.env["PERMAFROST_TEST_DATA"] ?? "../shared/data");
const golden: { readonly photos: readonly Photo[] } = JSON.parse(
  readFileSync(path.join(root, "test/golden/pillowPhotos.json"), "utf8"),
);
const found = existsSync(path.join(data, golden.photos[0]!.path));

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe.skipIf(!found)(`photographs decode and resize as in Pillow (skipped without ${data})`, () => {
  const resampler = new Resampler();

  it.each(golden.photos)("$path", async (photo) => {
    const bytes = readFileSync(path.join(data, photo.path));
    expect(sha256(bytes)).toBe(photo.file);
    const image = await decodeImage(bytes, { path: photo.path });
    expect([image.width, image.height]).toEqual(photo.size);
    const resized = resampler.resize(image, { width: 224, height: 224, filter: "bilinear" });
    expect(sha256(resized.data)).toBe(photo.pixels);
  });
});
