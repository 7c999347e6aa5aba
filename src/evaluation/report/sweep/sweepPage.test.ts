import { describe, expect, it } from "vitest";
import { sampleSweep } from "../../../../test/support/samplePages.ts";
import { pageTables } from "../page/pageTables.ts";
import { readPage } from "../page/readPage.ts";
import { renderPage } from "../page/renderPage.ts";
import { sweepPage } from "./sweepPage.ts";

const report = sampleSweep();
const page = sweepPage(report);

describe("the page about a sweep", () => {
  it("shows every candidate with its settings, those that diverged and were stopped among them", () => {
    const table = pageTables(page).find(({ caption }) => caption.startsWith("Candidates"))!;
    expect(table.rows).toHaveLength(14);
    expect(table.rows.map((row) => row.at(-1))).toEqual([
      "best",
      ...Array<string>(6).fill("noise"),
      ...Array<string>(5).fill("worse"),
      "stopped",
      "diverged",
    ]);
    expect(table.rows[1]).toEqual(expect.arrayContaining([{ text: "3.2e-4", value: 3.2e-4 }, "rmsprop"]));
    expect(renderPage(page)).not.toMatch(/(src|href)="|<script/);
  });

  it("draws each candidate with numbers through the settings that vary", () => {
    const [chart] = page.sections[0]!.blocks.flatMap((block) =>
      block.kind === "charts" ? block.charts : [],
    );
    expect(chart).toMatchObject({
      kind: "coordinates",
      axes: [
        { names: { length: 3 } },
        { names: ["adam", "rmsprop"] },
        { scale: "log" },
        {},
        { unit: "percent" },
      ],
      lines: { length: 13 },
    });
    const [only] = report.candidates;
    expect(sweepPage({ ...report, candidates: [only!] }).sections[0]!.title).toBe("Candidate by candidate");
  });

  it("draws on narrow screens the accuracy by each setting, one point a candidate", () => {
    const [, panels] = /<div class="panels">(.*?)<\/div>/s.exec(renderPage(page))!;
    const labels = [...panels!.matchAll(/aria-label="([^"]*)"/g)].map(([, label]) => label);
    expect(labels).toEqual(
      ["head", "optimizer", "learning rate", "augmentation"].map(
        (setting) => `Settings and accuracy: accuracy by ${setting}`,
      ),
    );
    const strong = panels!.match(/<circle class="dot c1"/g);
    const plain = panels!.match(/<circle class="dot quiet"/g);
    // Thirteen with numbers, seven of which cannot be told from the best.
    expect([strong!.length, plain!.length]).toEqual([4 * 7, 4 * 6]);
  });

  it("is refused from a file whose lines and axes do not fit", () => {
    const json = JSON.stringify(page);
    expect(readPage(json, "report.json")).toEqual(page);
    const broken = json.replace(/"lines":\[\{"values":\[\d+,/, '"lines":[{"values":[');
    expect(() => readPage(broken, "x.json")).toThrow(
      /lines\[0\]\.values: expected one of each of the 5 axes/,
    );
    expect(() => readPage(json.replace('"coordinates"', '"pie"'), "x.json")).toThrow(/"plot" or "intervals"/);
  });
});
