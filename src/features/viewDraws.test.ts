import { describe, expect, it } from "vitest";
import type { DrawPolicy } from "../augmentation/draw.ts";
import { resolvePipeline } from "../augmentation/generatorOptions.ts";
import { digestOf, sha256 } from "../base/digest.ts";
import { ViewDraws } from "./viewDraws.ts";

const image = sha256("an image");
const size = { height: 32, width: 32 };
const rotation = resolvePipeline({ rotationRange: 30, zoomRange: 0.2, brightnessRange: [0.5, 1.5] });
const flips = resolvePipeline({ horizontalFlip: true });

function draws(policy: DrawPolicy, pipeline = rotation, seed = 0): ViewDraws {
  return new ViewDraws({ pipeline, policy, seed, ...size });
}

describe("ViewDraws", () => {
  it("gives each epoch its own draw when fresh, one of K from a pool, none for none", () => {
    expect(draws("fresh").upTo(image, 7)).toHaveLength(7);
    expect(draws({ pool: 3 }).upTo(image, 50)).toHaveLength(3);
    expect(draws("none").upTo(image, 7)).toEqual([undefined]);
    expect(draws("fresh", resolvePipeline({})).upTo(image, 7)).toEqual([undefined]);
  });

  it("names views by seed, number and pipeline", () => {
    const digest = (seed: number, pipeline = rotation, epoch = 0) =>
      draws("fresh", pipeline, seed).of(image, epoch)?.digest;
    expect(digest(0)).toBe(digest(0));
    expect(new Set([digest(0), digest(1), digest(0, rotation, 1)]).size).toBe(3);
    expect(digest(0)).not.toBe(digest(0, resolvePipeline({ rotationRange: 31 })));
  });

  it("counts mirroring alone as two views, one of them the image as it is", () => {
    const views = draws("fresh", flips).upTo(image, 40);
    expect(views).toHaveLength(2);
    expect(views).toContain(undefined);
    const other = draws("fresh", flips, 9).upTo(image, 40);
    expect(other.find((draw) => draw)?.digest).toBe(views.find((draw) => draw)?.digest);
  });

  // The digest of a view says seed and number, not the numbers drawn: they must never change under the same drawVersion.
  it("draws what drawVersion draw-1 stands for", () => {
    expect(digestOf(draws("fresh").sample(image, 4))).toMatchInlineSnapshot(
      `"d68a64d99a04c86522bdb03697dd400351ed481e0ab845aa56f3af7fb191e641"`,
    );
    expect(digestOf(draws("fresh", flips).sample(image, 5))).toMatchInlineSnapshot(
      `"323ce5e58914416015b30a3d0c4f9632982d67c1534ea59174872f7fa599c141"`,
    );
  });
});
