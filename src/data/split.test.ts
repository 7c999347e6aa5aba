import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Digest, sha256 } from "../base/digest.ts";
import type { Sample, Split } from "./dataset.ts";
import { assignSplits, splitFraction } from "./split.ts";

/** An image of a class; equal content means equal bytes. */
interface Picture {
  readonly label: number;
  readonly content: number;
  readonly split?: Split;
}

function split(pictures: readonly Picture[], validationSplit = 0.2, seed = 0): Split[] {
  const samples = pictures.map(
    ({ label, split }, index): Sample => ({
      path: `/${index}`,
      name: `${index}`,
      label,
      className: `${label}`,
      ...(split && { split }),
      weight: 1,
    }),
  );
  const digests = new Map<string, Digest>(
    pictures.map(({ content }, index) => [`/${index}`, sha256(`${content}`)]),
  );
  return assignSplits(samples, digests, { validationSplit, seed }).map((sample) => sample.split);
}

/** Whether chance gives the image to validation; what lies outside this is the rule for small classes. */
const byChance = (content: number, share: number, seed: number): Split =>
  splitFraction(seed, sha256(`${content}`)) < share ? "validation" : "train";

const pictures = fc.array(fc.record({ label: fc.nat(2), content: fc.nat(60) }), { maxLength: 80 });
const share = fc.double({ min: 0.01, max: 0.9, noNaN: true });

describe("assignSplits", () => {
  it("keeps exact copies together, whatever their labels", () => {
    fc.assert(
      fc.property(pictures, share, fc.nat(), (list, validationSplit, seed) => {
        const sides = new Map<number, Split>();
        split(list, validationSplit, seed).forEach((side, index) => {
          const { content } = list[index]!;
          expect(sides.get(content) ?? side).toBe(side);
          sides.set(content, side);
        });
      }),
      { seed: 1 },
    );
  });

  it("moves nothing when images are added, except the one image that a small class had set aside", () => {
    fc.assert(
      fc.property(pictures, pictures, share, fc.nat(), (before, added, validationSplit, seed) => {
        const first = split(before, validationSplit, seed);
        const second = split([...before, ...added], validationSplit, seed);
        const moved = new Set<number>();
        before.forEach(({ content }, index) => {
          if (first[index] === second[index]) return;
          expect([first[index], second[index]]).toContain(byChance(content, validationSplit, seed));
          moved.add(content);
        });
        // At most one image a class is set aside, before or after.
        expect(moved.size).toBeLessThanOrEqual(6);
      }),
      { seed: 2 },
    );
  });

  it("moves nothing at all once every class has images by chance on both sides", () => {
    fc.assert(
      fc.property(pictures, fc.nat(), (added, seed) => {
        const before = Array.from({ length: 120 }, (_, i) => ({ label: i % 3, content: 100 + i }));
        const first = split(before, 0.3, seed);
        expect(first).toEqual(before.map(({ content }) => byChance(content, 0.3, seed)));
        const together = split([...added, ...before], 0.3, seed);
        expect(together.slice(added.length)).toEqual(first);
      }),
      { seed: 3, numRuns: 30 },
    );
  });

  it("gives each class the wanted share within four standard deviations", () => {
    const list = Array.from({ length: 6000 }, (_, content) => ({ label: content % 3, content }));
    for (const wanted of [0.1, 0.2, 0.5]) {
      const sides = split(list, wanted);
      for (const label of [0, 1, 2]) {
        const held = sides.filter((side, i) => side === "validation" && list[i]!.label === label).length;
        expect(Math.abs(held / 2000 - wanted)).toBeLessThan(4 * Math.sqrt((wanted * (1 - wanted)) / 2000));
      }
    }
  });

  it("gives every class of two or more images one on each side", () => {
    for (let seed = 0; seed < 50; seed++) {
      const sides = split(
        [0, 1, 2, 3, 4, 5].map((content) => ({ label: content >> 1, content })),
        0.2,
        seed,
      );
      expect([0, 2, 4].map((i) => sides.slice(i, i + 2).toSorted())).toEqual(
        Array.from({ length: 3 }, () => ["train", "validation"]),
      );
    }
  });

  it("leaves a class of one image, or of copies of one, in training", () => {
    const list = [7, 7, 7].map((content) => ({ label: 0, content }));
    for (let seed = 0; seed < 20; seed++) expect(split(list, 0.9, seed)).toEqual(["train", "train", "train"]);
  });

  it("depends on the seed", () => {
    const list = Array.from({ length: 100 }, (_, content) => ({ label: 0, content }));
    expect(split(list, 0.5, 1)).not.toEqual(split(list, 0.5, 2));
    expect(split(list, 0.5, 1)).toEqual(split(list, 0.5, 1));
  });

  it("keeps given splits, and lets open samples follow their copies", () => {
    const list: Picture[] = [
      { label: 0, content: 1, split: "train" },
      { label: 0, content: 2, split: "validation" },
      { label: 0, content: 3, split: "test" },
      { label: 0, content: 1 },
      { label: 0, content: 2 },
      { label: 0, content: 3 },
    ];
    expect(split(list)).toEqual(["train", "validation", "test", "train", "validation", "test"]);
  });

  it("splits validation off the training images where only train and test are given", () => {
    const list = Array.from({ length: 100 }, (_, content) => ({
      label: 0,
      content,
      split: content < 80 ? ("train" as const) : ("test" as const),
    }));
    const sides = split(list, 0.25, 5);
    expect(sides.slice(80)).toEqual(Array.from({ length: 20 }, () => "test"));
    expect(sides.slice(0, 80)).toEqual(list.slice(0, 80).map(({ content }) => byChance(content, 0.25, 5)));
  });

  it("makes no validation for a share of 0", () => {
    expect(
      split(
        [0, 1, 2].map((content) => ({ label: 0, content })),
        0,
      ),
    ).toEqual(["train", "train", "train"]);
  });

  it.each([1, -0.1, Number.NaN])("refuses the share %d", (validationSplit) => {
    expect(() => split([], validationSplit)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });

  it("refuses a sample without a digest", () => {
    const sample = { path: "/x", name: "x", label: 0, className: "a", weight: 1 };
    expect(() => assignSplits([sample], new Map(), { validationSplit: 0.2, seed: 0 })).toThrow(
      "/x: no digest for this sample.",
    );
  });
});
