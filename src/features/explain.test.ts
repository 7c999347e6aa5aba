import { describe, expect, it } from "vitest";
import { explainDraws, explainGroup, groupDifferences } from "./explain.ts";
import type { ExtractionSummary } from "./extraction.ts";
import type { FeatureGroup } from "./key.ts";

const packName = "/store/0a1b.safetensors";

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
    const row = { path: packName, row: 3, reason: "its bytes do not agree" };
    const pack = { path: packName, reason: "its header is cut off" };
    const stray = { path: "/store/.tmp-1", reason: "left unfinished by a process that was stopped; removed" };
    const reason = (facts: Partial<ExtractionSummary>) => explainGroup(summary(facts), [group]);
    expect(reason({ rowsBefore: 9, problems: [row] })).toBe("entry damaged (1 row), or new images");
    expect(reason({ rowsBefore: 9, problems: Array(5).fill(row) })).toBe("entry damaged (5 rows)");
    expect(reason({ rowsBefore: 9, problems: [row, pack] })).toBe(
      "entry damaged (1 row, 1 pack), or new images",
    );
    expect(reason({ problems: [pack] })).toBe("entry damaged (1 pack)");
    expect(reason({ rowsBefore: 9, problems: [stray] })).toBe("new images");
    expect(explainGroup(summary({ forwards: { computed: 0, reused: 9 } }), [])).toBe("");
  });
});

describe("features that were removed", () => {
  const removed = { time: "2026-03-04T05:06:07.000Z", rows: 7, reason: "store limit reached" };
  const told = "store limit reached (7 rows removed on 2026-03-04)";

  it("are the reason where nothing is left, or where as many were removed as had to be computed", () => {
    expect(explainGroup(summary({}), [], removed)).toBe(told);
    expect(explainGroup(summary({ rowsBefore: 9 }), [group], removed)).toBe(`${told}, or new images`);
  });

  it("are not where more had to be computed, or nothing", () => {
    const more = summary({ rowsBefore: 9, forwards: { computed: 8, reused: 0 } });
    expect(explainGroup(more, [group], removed)).toBe("new images");
    expect(explainGroup(summary({ forwards: { computed: 0, reused: 9 } }), [group], removed)).toBe("");
  });

  it("are the reason for draws that were made before, not for others", () => {
    const draws = { pipeline: { rotationRange: 30 }, seed: 0 };
    expect(explainDraws([draws], draws, told)).toBe(told);
    expect(explainDraws([{ ...draws, seed: 4 }], draws, told)).toBe("other seed of the draws: 4 -> 0");
    expect(explainDraws([], draws, told)).toBe("first run with draws");
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
