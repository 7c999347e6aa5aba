import { describe, expect, it } from "vitest";
import type { Sample } from "../../data/dataset.ts";
import { foldsOf } from "./folds.ts";

const sample = (path: string, label: number): Sample => ({
  path,
  name: path,
  label,
  className: `class${label}`,
  weight: 1,
});
const samples = Array.from({ length: 50 }, (_, at) => sample(`${at}`, at < 20 ? 0 : 1));
const digests = new Map(samples.map(({ path }) => [path, `digest${path}`]));

describe("folds", () => {
  it("have each class in equal parts, in an order that hangs on images and seed alone", () => {
    const folds = foldsOf(samples, digests, 5, 0);
    for (let fold = 0; fold < 5; fold++) {
      const own = samples.filter((_, row) => folds[row] === fold);
      expect(own.filter(({ label }) => label === 0)).toHaveLength(4);
      expect(own).toHaveLength(10);
    }
    const turned = foldsOf([...samples].reverse(), digests, 5, 0);
    expect([...turned].reverse()).toEqual(folds);
    expect(foldsOf(samples, digests, 5, 1)).not.toEqual(folds);
  });

  it("keep copies of an image together", () => {
    const copy = sample("copy", 0);
    const folds = foldsOf([...samples, copy], new Map([...digests, ["copy", "digest3"]]), 5, 0);
    expect(folds.at(-1)).toBe(folds[3]);
  });

  it("are refused where a class has fewer images", () => {
    expect(() => foldsOf(samples.slice(0, 22), digests, 5, 0)).toThrowError(/found 2 of class1/);
  });
});
