import { describe, expect, it } from "vitest";
import { withinBudget } from "./planMethods.ts";
import type { PlannedMethod } from "./plannedMethod.ts";

const method = (id: string, first: number, further: number, finished = 0): PlannedMethod => ({
  id,
  finished,
  forwards: 0,
  seconds: { first, further },
  runs: 3,
});

describe("a budget", () => {
  const planned = [method("fast", 10, 2), method("end-to-end", 300, 290), method("fresh", 40, 3)];

  it("leaves out by name what does not fit, and goes on with what does", () => {
    const marked = withinBudget(planned, 100);
    expect(marked.map(({ leftOut }) => leftOut)).toEqual([
      undefined,
      "it would take about 15 min, and 86 s of the budget are left",
      undefined,
    ]);
  });

  it("is not asked for runs that an earlier start has finished", () => {
    const resumed = [method("fast", 10, 2, 3), method("end-to-end", 300, 290, 3), method("fresh", 40, 3, 1)];
    expect(withinBudget(resumed, 7).map(({ leftOut }) => leftOut)).toEqual([undefined, undefined, undefined]);
    expect(withinBudget(resumed, 5).map(({ leftOut }) => leftOut)).toEqual([
      undefined,
      undefined,
      "it would take about 6 s, and 5 s of the budget are left",
    ]);
  });

  it("of any length fits without one", () => {
    expect(withinBudget(planned, undefined)).toBe(planned);
  });

  it("smaller than the cheapest method is refused", () => {
    expect(() => withinBudget(planned, 5)).toThrowError(
      /5 s are not enough for any of the methods: the cheapest, fast, would take about 14 s/,
    );
  });
});
