import { describe, expect, it } from "vitest";
import { comparePairs } from "../../comparison/comparePairs.ts";
import type { ComparisonReport } from "../../comparison/comparisonReport.ts";
import { comparisonMarkdown } from "../../comparison/comparisonTables.ts";
import { judgeRuns } from "../../comparison/judgeRuns.ts";
import { threadFindings } from "../../comparison/threadFindings.ts";
import { renderComparison } from "./renderComparison.ts";

const labels = Array.from({ length: 200 }, (_, image) => image % 2);
/** A method that is wrong on the images from one place to another. */
const method = (name: string, from: number, to: number, after = "same") => {
  const predicted = labels.map((label, image) => (image >= from && image < to ? 1 - label : label));
  return { method: name, after, runs: [{ seed: 0, labels, predicted }] };
};
const methods = [
  method("fast", 0, 40),
  method("pool:5", 2, 42),
  method("fresh", 4, 44),
  method("leaking-freeze", 0, 4, "changed"),
  method("fast+rescale", 10, 60),
  method("<script>", 0, 10),
];
const options = { resamples: 200 };
const report: ComparisonReport = {
  title: "photos",
  created: "2024-01-01T00:00:00.000Z",
  command: "permafrost compare photos/",
  classNames: ["cats", "dogs"],
  samples: { train: 100, validation: 50, test: 200 },
  judgedBy: "test",
  base: { name: "base", weightsDigest: "digest" },
  settings: { epochs: 10, "batch size": 32 },
  methods: methods.map(({ method: name, runs, after }) => ({
    method: name,
    summary: "Does something.",
    seeds: [0],
    scores: { test: judgeRuns(runs, 2, options) },
    cost: {
      computed: 100,
      reused: 50,
      avoided: 1000,
      seconds: { features: 3, train: 1, save: 0.5 },
      bytesWritten: 2 ** 21,
      peakMemory: 2 ** 28,
      trainableParameters: 1154,
      base: { before: "same", after },
    },
    bundles: [],
  })),
  pairs: comparePairs(methods, options),
  leftOut: [{ method: "end-to-end", reason: "too long" }],
  remarks: ["A remark."],
  seconds: 27,
  thread: {
    verification: { same: true, steps: 8, images: 96, batchSize: 32 },
    forwardSeconds: 0.004,
    headStepSeconds: 0.0005,
  },
  numericsClass: "class",
  versions: { permafrost: "0" },
};

describe("the page about a comparison", () => {
  const page = renderComparison(report);

  it("shows every method, pair, remark and what was left out, and loads nothing", () => {
    for (const { method: name } of report.methods.slice(0, 5)) expect(page).toContain(name);
    expect(page.match(/<li class="(better|worse|unclear)"/g)).toHaveLength(15);
    expect(page).toContain("A remark.");
    expect(page).toContain("end-to-end: too long");
    expect(page).toContain("same</code> became <code>changed");
    expect(page).not.toMatch(/(src|href)="|<script/);
    expect(page).toContain("&lt;script&gt;");
  });

  it("answers the thread's questions from the numbers, each where its methods were run", () => {
    const findings = threadFindings(report);
    expect(findings.map(({ question }) => question)).toEqual([
      "Is it the same computation?",
      "Why is the second way so much slower?",
      "What does augmentation give?",
      "Five stored variants of an image, thirty, or a fresh one every epoch?",
      "What does a base that was not really frozen give?",
      "What does wrong preprocessing give?",
    ]);
    // 150 forwards of 4 ms, 4 steps of 0.5 ms.
    expect(findings[1]!.answer).toContain("150 forwards (600 ms here) and 2 ms of training the head");
    expect(findings[4]!.answer).toMatch(
      /leaking-freeze is better than fresh by 18\.0 points.*changed by leaking-freeze \(same became changed/,
    );
    const { thread: _, ...plain } = report;
    expect(threadFindings(plain)).toEqual([]);
    expect(renderComparison(plain)).not.toContain("Is it the same computation?");
    expect(comparisonMarkdown(report)).toContain("## What does wrong preprocessing give?");
  });

  it("does not say that bits are the same where they are not", () => {
    const verification = { ...report.thread!.verification, same: false };
    const [first] = threadFindings({ ...report, thread: { ...report.thread!, verification } });
    expect(first!.answer).toMatch(/^Not here/);
  });
});
