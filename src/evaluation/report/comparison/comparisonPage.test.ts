import { describe, expect, it } from "vitest";
import { sampleComparison } from "../../../../test/support/samplePages.ts";
import { threadFindings } from "../../comparison/threadFindings.ts";
import { pageCsv } from "../page/pageCsv.ts";
import { pageMarkdown } from "../page/pageMarkdown.ts";
import { renderPage } from "../page/renderPage.ts";
import { comparisonPage } from "./comparisonPage.ts";

const report = sampleComparison();
const page = comparisonPage(report);

describe("the page about a comparison", () => {
  it("shows every method, pair, remark and what was left out, and loads nothing", () => {
    const html = renderPage(page);
    for (const { method } of report.methods.slice(0, 5)) expect(html).toContain(method);
    for (const { sentence } of report.pairs)
      expect(html).toContain(
        `<li>${sentence.replace(/[<>]/g, (mark) => (mark === "<" ? "&lt;" : "&gt;"))}`.slice(0, 40),
      );
    expect(html).toContain("A remark.");
    expect(html).toContain("end-to-end: too long");
    expect(html).toContain("same became changed");
    expect(html).not.toMatch(/(src|href)="|<script/);
    expect(html).toContain("&lt;script&gt;");
  });

  it("tells pairs that differ from those that cannot be told apart, and draws at most 15", () => {
    const section = page.sections.find(({ title }) => title === "Which differences the images show")!;
    const lists = section.blocks.filter((block) => block.kind === "list");
    expect(lists.map(({ title }) => title)).toEqual([
      "13 of 21 pairs: a difference that 200 test images show",
      "The other 7 of them",
      "8 of 21 pairs: no difference that 200 test images show",
      "The other 2 of them",
    ]);
    expect(lists.flatMap(({ items }) => items).sort()).toEqual(
      report.pairs.map(({ sentence }) => sentence).sort(),
    );
    const [chart] = section.blocks.flatMap((block) => (block.kind === "charts" ? block.charts : []));
    expect(chart).toMatchObject({ kind: "intervals", guide: 0, rows: { length: 15 } });
    expect(section.blocks.at(-1)).toMatchObject({ table: { rows: { length: 21 } } });
  });

  it("has the time of each phase as numbers and as parts of a bar", () => {
    const [, , time] = page.sections
      .find(({ title }) => title === "What it took")!
      .blocks.map((block) => (block.kind === "table" ? block.table : undefined));
    expect(time!.caption).toContain("Forwards");
    const csv = pageCsv(page);
    expect(csv).toContain('"Time by phase, sums over the runs of a method",pool:5,training,2\r\n');
    expect(csv).toContain('"Time by phase, sums over the runs of a method",pool:5,all,5.5\r\n');
    expect(renderPage(page)).toMatch(/<span class="meter parts"><i class="part c1" style="width:[1-9]/);
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
      /leaking-freeze is better than fresh by 18\.0 points.*changed by leaking-freeze, .* \(same became changed/,
    );
    const { thread: _, ...plain } = report;
    expect(threadFindings(plain)).toEqual([]);
    expect(renderPage(comparisonPage(plain))).not.toContain("Is it the same computation?");
    expect(pageMarkdown(page)).toContain("## What does wrong preprocessing give?");
  });

  it("does not say that bits are the same where they are not", () => {
    const verification = { ...report.thread!.verification, same: false };
    const [first] = threadFindings({ ...report, thread: { ...report.thread!, verification } });
    expect(first!.answer).toMatch(/^Not here/);
  });
});
