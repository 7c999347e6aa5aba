import { describe, expect, it } from "vitest";
import { explainDraws, explainGroup, groupDifferences } from "./explain.ts";
import type { ExtractionSummary } from "./extraction.ts";
import type { FeatureGroup } from "./key.ts";

const group: FeatureGroup = {
  decode: "decode-1",
  resize: "resize-1",
  preprocessing: { width: 192, height: 192, mean: [0, 0, 0] },
  prefix: "aaaaaaaaaaaabbbb",
  cut: [576],
  numericsClass: "engine 1, avx512",
  dtype: "float32",
};

function summary(facts: Partial<ExtractionSummary>): ExtractionSummary {
  return {
    skipped: [],
    forwards: { computed: 5, reused: 0 },
    bytesWritten: 0,
    problems: [],
    warnings: [],
    seconds: { total: 1, verify: 0, hash: 0, preprocess: 0, forward: 0, write: 0 },
    group,
    rowsBefore: 0,
    ...facts,
  };
}

describe("explainGroup", () => {
  it("names what differs from the nearest group", () => {
    const larger = { ...group, preprocessing: { width: 224, height: 224, mean: [0, 0, 0] } };
    const far = { ...larger, prefix: "ccccccccccccdddd", cut: [1024] };
    expect(explainGroup(summary({}), [far, larger])).toBe(
      "other preprocessing: height 224 -> 192, width 224 -> 192",
    );
    expect(groupDifferences(far, group)).toEqual([
      "other base digest: cccccccccccc -> aaaaaaaaaaaa",
      "other cut: [1024] -> [576]",
      "other preprocessing: height 224 -> 192, width 224 -> 192",
    ]);
    expect(explainGroup(summary({}), [{ ...group, numericsClass: "engine 1, avx2" }])).toBe(
      "other numerics class: engine 1, avx2 -> engine 1, avx512",
    );
  });

  it("tells new images, damage and a first run apart", () => {
    expect(explainGroup(summary({}), [])).toBe("first run with this store");
    expect(explainGroup(summary({ rowsBefore: 9 }), [group])).toBe("new images");
    const problems = [{ path: "pack", row: 3, reason: "its bytes do not agree" }];
    expect(explainGroup(summary({ rowsBefore: 9, problems }), [group])).toContain("entry damaged (1 rows)");
    expect(explainGroup(summary({ forwards: { computed: 0, reused: 9 } }), [])).toBe("");
  });
});

describe("explainDraws", () => {
  const draws = { pipeline: { rotationRange: 30, zoomRange: [1, 1] }, seed: 0 };

  it("compares with the nearest draws of earlier runs", () => {
    expect(explainDraws([], draws)).toBe("first run with draws");
    expect(explainDraws([draws], draws)).toBe("more draws, or new images");
    expect(explainDraws([{ ...draws, seed: 4 }], draws)).toBe("other seed of the draws: 4 -> 0");
    const others = [
      { pipeline: { rotationRange: 40, zoomRange: [0.8, 1.2] }, seed: 0 },
      { pipeline: { rotationRange: 40, zoomRange: [1, 1] }, seed: 1 },
    ];
    expect(explainDraws(others, draws)).toBe("other draw pipeline: rotationRange 40 -> 30");
  });
});
