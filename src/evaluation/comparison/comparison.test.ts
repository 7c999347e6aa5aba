import { describe, expect, it } from "vitest";
import { Random } from "../../base/random.ts";
import { classificationScores } from "../scores.ts";
import { comparePairs } from "./comparePairs.ts";
import type { JudgedRun } from "./judgedRun.ts";
import { judgeRuns } from "./judgeRuns.ts";

const images = 600;
const labels = Array.from({ length: images }, (_, image) => image % 3);

/** A run that is wrong on the images of a set of its own beside some that all find hard. */
function run(seed: number, wrongShare: number): JudgedRun {
  const own = new Random(seed, "run");
  const hard = new Random("hard images");
  const predicted = labels.map((label) => {
    const isHard = hard.float() < 0.04;
    return own.float() < wrongShare || isHard ? (label + 1) % 3 : label;
  });
  return {
    seed,
    labels,
    predicted,
    trueProbability: predicted.map((said, at) => (said === labels[at] ? 0.9 : 0.2)),
  };
}

describe("scores of a method's runs", () => {
  it("are means over the runs, each within its interval", () => {
    const runs = [run(1, 0.05), run(2, 0.05), run(3, 0.05)];
    const scores = judgeRuns(runs, 3, { resamples: 500 });
    const single = runs.map(({ predicted }) => {
      const rows = Float32Array.from(
        predicted.flatMap((said) => [0, 1, 2].map((each) => Number(each === said))),
      );
      return classificationScores(rows, labels, ["a", "b", "c"]);
    });
    const mean = single.reduce((sum, { accuracy }) => sum + accuracy, 0) / 3;
    expect(scores.accuracy.value).toBeCloseTo(mean, 12);
    expect(scores.overSeeds.mean).toBeCloseTo(mean, 12);
    expect(scores.firstRun.interval).toEqual(single[0]!.accuracyInterval);
    expect(judgeRuns([runs[0]!], 3, { resamples: 10 }).macroF1.value).toBeCloseTo(single[0]!.macro.f1, 12);
    for (const { value, interval } of [scores.accuracy, scores.macroF1, scores.loss!]) {
      expect(interval[0]).toBeLessThan(value);
      expect(interval[1]).toBeGreaterThan(value);
    }
  });

  it("have no loss without probabilities, and no interval narrower than everything for one image", () => {
    const scores = judgeRuns([{ seed: 0, labels: [1], predicted: [1] }], 2, { resamples: 10 });
    expect(scores.loss).toBeNull();
    expect(scores.accuracy).toEqual({ value: 1, interval: [0, 1] });
  });
});

describe("pairs of methods", () => {
  const good = { method: "good", runs: [run(1, 0.02), run(2, 0.02)] };
  const alike = { method: "alike", runs: [run(3, 0.02), run(4, 0.02)] };
  const bad = { method: "bad", runs: [run(5, 0.2), run(6, 0.2)] };
  const pairs = comparePairs([good, alike, bad], { resamples: 500 });

  it("are all compared, and only a real difference is claimed", () => {
    expect(pairs.map(({ first, second, verdict }) => [first, second, verdict])).toEqual([
      ["good", "alike", "unclear"],
      ["good", "bad", "better"],
      ["alike", "bad", "better"],
    ]);
    expect(pairs[0]!.sentence).toContain("not distinguishable on 600 images");
    expect(pairs[1]!.oddsRatio!.value).toBeGreaterThan(1);
    expect(pairs[1]!.imagesNeeded!).toBeLessThan(600);
  });

  it("are corrected for their number", () => {
    const [alone] = comparePairs([good, bad], { resamples: 500 });
    expect(alone!.p).toBe(pairs[1]!.p);
    expect(pairs[1]!.corrected).toBeGreaterThan(alone!.corrected);
    expect(pairs[1]!.detectable).toBeGreaterThan(alone!.detectable);
  });

  it("of a method with one run meet all runs of the other", () => {
    const [pair] = comparePairs([{ ...good, runs: [good.runs[0]!] }, bad], { resamples: 100 });
    expect(pair!.seeds).toBe(2);
    expect(pair!.tests).toHaveLength(2);
  });

  it("of a method with itself say that nothing differs", () => {
    const [pair] = comparePairs([good, { ...good, method: "again" }], { resamples: 100 });
    expect(pair!.difference.value).toBe(0);
    expect(pair!.imagesNeeded).toBeNull();
    expect(pair!.corrected).toBe(1);
  });
});
