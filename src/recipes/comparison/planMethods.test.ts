import { describe, expect, it } from "vitest";
import { type PlannedMethod, withinBudget } from "./planMethods.ts";

const method = (id: string, first: number, further: number): PlannedMethod => ({
  id,
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

  it("of any length fits without one", () => {
    expect(withinBudget(planned, undefined)).toBe(planned);
  });

  it("smaller than the cheapest method is refused", () => {
    expect(() => withinBudget(planned, 5)).toThrowError(
      /5 s are not enough for any of the methods: the cheapest, fast, would take about 14 s/,
    );
  });
});
