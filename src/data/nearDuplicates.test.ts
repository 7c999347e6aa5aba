import { describe, expect, it } from "vitest";
import { Random } from "../base/random.ts";
import type { PixelImage } from "../images/pixelImage.ts";
import { Resampler } from "../images/resize.ts";
import { bitCount, type Fingerprint, fingerprint, similarity } from "./fingerprint.ts";
import { nearDuplicates } from "./nearDuplicates.ts";

const resampler = new Resampler();

/** A picture of soft blobs, so that neighbouring pixels are alike as in a photograph. */
function picture(seed: number, width = 96, height = 64): PixelImage {
  const random = new Random("picture", seed);
  const coarse = Uint8Array.from({ length: 8 * 6 * 3 }, () => random.integer(256));
  return resampler.resize({ width: 8, height: 6, data: coarse }, { width, height, filter: "bicubic" });
}

/** The picture with each value changed. */
function changed(image: PixelImage, change: (value: number, index: number) => number): PixelImage {
  return {
    ...image,
    data: Uint8Array.from(image.data, (value, i) => Math.min(255, Math.max(0, change(value, i)))),
  };
}

const groupsOf = (prints: readonly Fingerprint[]) => nearDuplicates(prints).groups;

const hashDistance = (a: Fingerprint, b: Fingerprint) =>
  a.bands.reduce((bits, word, band) => bits + bitCount(word ^ b.bands[band]!), 0);

/** A hash with chosen bits over a thumbnail that all of one seed share. */
function print(bands: readonly number[], seed: number): Fingerprint {
  return { ...fingerprint(picture(seed), resampler), bands: Uint16Array.from(bands) };
}

describe("fingerprint", () => {
  it("counts bits", () => {
    expect([0, 1, 3, 0x8001, 0xffff].map(bitCount)).toEqual([0, 1, 2, 2, 16]);
  });

  it("sees noise, other brightness, other sizes and a small cut as the same picture", () => {
    const original = picture(1, 200, 150);
    const random = new Random(5);
    const prints = [
      original,
      changed(original, (value) => value + random.integer(21) - 10),
      changed(original, (value) => value * 0.7 + 20),
      resampler.resize(original, { width: 61, height: 47, filter: "lanczos" }),
    ].map((image) => fingerprint(image, resampler));
    expect(groupsOf(prints)).toEqual([[0, 1, 2, 3]]);
  });

  it("sees no picture in plain surfaces, also with noise or colour", () => {
    const random = new Random(6);
    const plain = [0, 128, 255, 128].map((grey) => changed(picture(1), () => grey + random.integer(3)));
    const blue = [0, 1].map(() => changed(picture(1), (_, i) => [10, 40, 220][i % 3]! + random.integer(9)));
    expect(groupsOf([...plain, ...blue].map((image) => fingerprint(image, resampler)))).toEqual([]);
  });

  it("tells the same shape in other colours apart", () => {
    const shape = changed(picture(2), () => 230);
    const item = (color: readonly number[]) =>
      fingerprint(
        changed(shape, (value, i) =>
          Math.floor(i / 3) % 96 > 30 && i > 96 * 3 * 20 ? color[i % 3]! : value,
        ),
        resampler,
      );
    expect(similarity(item([200, 20, 20]), item([190, 30, 25]))).toBeGreaterThan(0.9);
    expect(groupsOf([item([200, 20, 20]), item([20, 40, 200])])).toEqual([]);
  });
});

describe("nearDuplicates", () => {
  it("finds the pairs that comparing all with all finds", () => {
    const random = new Random(7);
    const seeds = Array.from({ length: 40 }, (_, i) => i);
    const images = seeds.flatMap((seed) => {
      const image = picture(seed);
      const copies = Array.from({ length: random.integer(4) }, () =>
        changed(image, (value) => value + random.integer(101) - 50),
      );
      return [image, ...copies];
    });
    const prints = images.map((image) => fingerprint(image, resampler));
    const parent = prints.map((_, index) => index);
    prints.forEach((a, i) => {
      for (let j = 0; j < i; j++) {
        if (hashDistance(a, prints[j]!) > 10 || similarity(a, prints[j]!) < 0.9) continue;
        const [from, to] = [parent[i]!, parent[j]!];
        parent.forEach((root, index) => {
          if (root === Math.max(from, to)) parent[index] = Math.min(from, to);
        });
      }
    });
    const groups = [...new Set(parent)].map((root) =>
      parent.flatMap((other, i) => (other === root ? [i] : [])),
    );
    const expected = groups.filter((group) => group.length > 1);
    expect(expected.length).toBeGreaterThan(20);
    expect(groupsOf(prints)).toEqual(expected);
  });

  it("finds hashes that differ in 10 bits, however they lie, and none in 11", () => {
    const zero = print([0, 0, 0, 0], 1);
    for (const bands of [
      [0b1111111111, 0, 0, 0],
      [0b111, 0b111, 0b11, 0b11],
      [0b11111, 0, 0b11111, 0],
      [0b111, 0b11, 0b11, 0b111],
    ]) {
      expect(groupsOf([zero, print(bands, 1)])).toEqual([[0, 1]]);
      expect(groupsOf([zero, print([bands[0]! | 0x8000, ...bands.slice(1)], 1)])).toEqual([]);
    }
  });

  it("asks for more than a near hash", () => {
    expect(groupsOf([print([1, 2, 3, 4], 1), print([1, 2, 3, 4], 2)])).toEqual([]);
  });

  it("bounds its work where one hash belongs to many pictures, and says so", () => {
    const prints = Array.from({ length: 200 }, (_, seed) => print([1, 2, 3, 4], seed));
    expect(nearDuplicates(prints)).toEqual({ groups: [], limited: 99 });
  });
});
