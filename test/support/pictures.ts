import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { Random } from "../../src/base/random.ts";

/** A folder of its own for one test. */
export function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(path.join(tmpdir(), `permafrost-${name}-`));
}

/**
 * A PNG of coloured stripes whose direction depends on the class, so that a classifier can tell them apart.
 *
 * @param direction - 0: horizontal stripes, 1: vertical, 2: diagonal.
 */
export async function stripes(direction: number, seed: number, size = 96): Promise<Buffer> {
  const random = new Random("stripes", direction, seed);
  const period = 8 + random.integer(12);
  const colors = [0, 1, 2, 3, 4, 5].map(() => random.integer(256));
  const pixels = Buffer.alloc(size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const along = [y, x, x + y][direction]!;
      const side = Math.floor(along / period) % 2;
      for (let c = 0; c < 3; c++) {
        pixels[(y * size + x) * 3 + c] = Math.min(255, colors[side * 3 + c]! + random.integer(16));
      }
    }
  }
  return await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

/** Writes `<folder>/<class>/<n>.png` for each class name; class number i has stripes of direction i. */
export async function writeStripes(
  folder: string,
  classNames: readonly string[],
  perClass: number,
): Promise<void> {
  for (const [direction, className] of classNames.entries()) {
    const target = path.join(folder, className);
    await mkdir(target, { recursive: true });
    for (let index = 0; index < perClass; index++) {
      await writeFile(path.join(target, `${index}.png`), await stripes(direction, index));
    }
  }
}
