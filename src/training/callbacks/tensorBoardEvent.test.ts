import { describe, expect, it } from "vitest";
import { goldenFile } from "../../../test/support/goldenArrays.ts";
import { histogramBuckets } from "./histogram.ts";
import { type Summary, summaryEvent, tfRecord, versionEvent } from "./tensorBoardEvent.ts";

interface Golden {
  readonly version: string;
  readonly events: readonly (Summary & {
    readonly step: number;
    readonly wallTime: number;
    readonly record: string;
  })[];
}

const golden = goldenFile<Golden>("tensorBoard");
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

describe("summaryEvent", () => {
  it.each(golden.events)("writes TensorFlow's bytes for $tag", ({ step, wallTime, record, ...summary }) => {
    const shown: Summary = summary.kind === "scalar" ? { ...summary, value: Number(summary.value) } : summary;
    expect(base64(tfRecord(summaryEvent(wallTime, step, shown)))).toBe(record);
  });

  it("writes TensorFlow's first event", () => {
    expect(base64(tfRecord(versionEvent(1795319266.631237)))).toBe(golden.version);
  });
});

describe("histogramBuckets", () => {
  it("counts every number once, the greatest in the last bucket", () => {
    const values = Float32Array.from({ length: 1000 }, (_, index) => Math.sin(index));
    const buckets = histogramBuckets(values);
    expect(buckets).toHaveLength(30);
    expect(buckets.reduce((sum, [, , count]) => sum + count, 0)).toBe(1000);
    expect(buckets.at(-1)![1]).toBe(Math.max(...values));
  });

  it("gives equal numbers one bucket around them", () => {
    expect(histogramBuckets(Float32Array.of(2, 2, 2))).toEqual([[1.5, 2.5, 3]]);
  });
});
