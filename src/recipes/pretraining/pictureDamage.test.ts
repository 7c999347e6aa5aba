import { describe, expect, it } from "vitest";
import { Random } from "../../base/random.ts";
import { damagePicture, type PictureDamage } from "./pictureDamage.ts";

const size = { height: 24, width: 40 };

function damaged(damage: PictureDamage, seed = 0): Float32Array {
  const pixels = new Float32Array(3 * size.height * size.width).fill(0.9);
  damagePicture(pixels, size, damage, new Random(seed, "damage"));
  return pixels;
}

describe("damagePicture", () => {
  it("leaves the picture as it is where nothing is asked for", () => {
    expect(damaged({}).every((value) => value === Math.fround(0.9))).toBe(true);
  });

  it("adds noise of the deviation asked for, within the bounds of pixels", () => {
    const differences = damaged({ denoise: 0.02 }).map((value) => value - 0.9);
    const deviation = Math.sqrt(differences.reduce((sum, value) => sum + value ** 2, 0) / differences.length);
    expect(deviation).toBeCloseTo(0.02, 2);
    expect(Math.max(...damaged({ denoise: 1 }))).toBe(1);
    expect(Math.min(...damaged({ denoise: 1 }))).toBe(0);
  });

  it("makes the share of the grid grey in all channels", () => {
    const pixels = damaged({ mask: 0.25 });
    expect(pixels.filter((value) => value === 0.5)).toHaveLength(pixels.length / 4);
    const plane = size.height * size.width;
    expect(pixels.subarray(0, plane)).toEqual(pixels.subarray(plane, 2 * plane));
  });

  it("follows from the random numbers alone", () => {
    const both = { denoise: 0.1, mask: 0.5 };
    expect(damaged(both)).toEqual(damaged(both));
    expect(damaged(both, 1)).not.toEqual(damaged(both));
  });
});
