import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import axe from "axe-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { html } from "../../src/evaluation/report/html.ts";
import type { Page } from "../../src/evaluation/report/page/page.ts";
import { pageCsv } from "../../src/evaluation/report/page/pageCsv.ts";
import { readPage } from "../../src/evaluation/report/page/readPage.ts";
import { renderPage } from "../../src/evaluation/report/page/renderPage.ts";
import { inspectImage } from "../../src/images/inspect.ts";
import { chromium, findChromium } from "../support/chromium.ts";
import {
  sampleComparisonPage,
  sampleEvaluationPage,
  sampleExplanationPage,
  sampleLabelPage,
  sampleReviewPage,
  sampleSweepPage,
  sampleTrainingPage,
  sampleValuePage,
} from "../support/samplePages.ts";

const pages: readonly (readonly [name: string, page: Page])[] = [
  ["training", sampleTrainingPage()],
  ["evaluation", sampleEvaluationPage()],
  ["labels", sampleLabelPage()],
  ["values", sampleValuePage()],
  ["explanation", sampleExplanationPage()],
  ["review", sampleReviewPage()],
  ["comparison", sampleComparisonPage()],
  ["sweep", sampleSweepPage()],
];

const program = await findChromium();
if (program === undefined) {
  process.stderr.write("pages: not looked at in a browser, no Chromium here (apt-get install chromium).\n");
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "permafrost-pages-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Look {
  readonly page: string;
  readonly frame: number;
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly where: readonly string[];
  }[];
  readonly width: number;
  readonly window: number;
}

const widths = [1280, 390];

/** Asked inside of each frame, one after the other, since axe takes its time: only contrasts hang on the theme. */
const ask = (
  rules: object,
) => `window.look = () => axe.run(document, ${JSON.stringify({ resultTypes: ["violations"], ...rules })}).then(({ violations }) => ({
  violations: violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes.slice(0, 3).map(({ html }) => html) })),
  width: document.documentElement.scrollWidth,
  window: innerWidth,
}));`;

/** Frames of all widths, whose finds end up in the outer page's text. Scripts are let in, which the pages themselves forbid. */
function frames(rules: object): string {
  const inner = (page: Page) =>
    renderPage(page)
      .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "")
      .replace(
        "</body>",
        () =>
          `<script>${axe.source.replaceAll("</script>", "<\\/script>")}</script><script>${ask(rules)}</script></body>`,
      );
  const all = pages.flatMap(([name, page]) =>
    widths.map(
      (width) =>
        html`<iframe data-page="${name}" width="${width}" height="900" style="border:0" srcdoc="${inner(page)}"></iframe>`
          .text,
    ),
  );
  return `<!doctype html><meta charset="utf-8"><body>${all.join("")}<script>addEventListener("load", async () => {
    const found = [];
    for (const frame of document.querySelectorAll("iframe")) {
      found.push({ page: frame.dataset.page, frame: Number(frame.width), ...await frame.contentWindow.look() });
    }
    const bytes = new TextEncoder().encode(JSON.stringify(found));
    document.body.innerHTML = "<pre>" + btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) + "</pre>";
  });</script></body>`;
}

describe.skipIf(program === undefined)("pages in a browser", () => {
  it.each([
    ["light", [], {}],
    ["dark", ["--blink-settings=preferredColorScheme=0"], { runOnly: ["color-contrast"] }],
  ] as const)("are accessible and fit on desks and phones, %s", async (_theme, words, rules) => {
    const file = path.join(folder, "frames.html");
    await writeFile(file, frames(rules));
    const dom = await chromium(program!, [
      ...words,
      "--window-size=1400,900",
      "--virtual-time-budget=60000",
      "--dump-dom",
      `file://${file}`,
    ]);
    const [, text] = /<pre>([A-Za-z0-9+/=]+)<\/pre>/.exec(dom) ?? [];
    expect(text, "the browser has looked at the pages").toBeDefined();
    const looks = JSON.parse(Buffer.from(text!, "base64").toString("utf8")) as readonly Look[];
    expect(looks).toHaveLength(pages.length * widths.length);
    for (const { page, frame, violations, width, window } of looks) {
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(serious, `${page} at ${frame}`).toEqual([]);
      expect(window).toBe(frame);
      expect(width, `${page} at ${frame}`).toBeLessThanOrEqual(frame);
    }
  });

  it.each([1280, 390])("can be photographed at %i pixels", async (width) => {
    await writeFile(`${folder}/page.html`, renderPage(sampleEvaluationPage()));
    const picture = `${folder}/page-${width}.png`;
    const words = [`--window-size=${width},1600`, `--screenshot=${picture}`, `file://${folder}/page.html`];
    await chromium(program!, words);
    const facts = await inspectImage(await readFile(picture));
    expect(facts).toMatchObject({ readable: true, width, height: 1600 });
    // Text, frames and charts: an empty page of this size has a few kilobytes.
    expect((await readFile(picture)).length).toBeGreaterThan(40_000);
  });
});

describe.each(pages)("the %s page as data", (name, page) => {
  it("comes back from JSON as it was, and is checked", () => {
    const json = JSON.stringify(page);
    const back = readPage(json, "report.json");
    expect(renderPage(back)).toBe(renderPage(page));
    expect(pageCsv(back)).toBe(pageCsv(page));
    expect(() => readPage(json.replace('"sections":[{"title":', '"sections":[{"titel":'), "x.json")).toThrow(
      /x\.json: .*page\.sections\[0\]\.title: expected a text, got nothing/,
    );
    expect(() => readPage("{", "x.json")).toThrow(/found no JSON/);
    expect(name).not.toBe("");
  });
});

describe("a page about many pictures", () => {
  it("stays under 3 MB with 2,000 pictures judged and 24 shown", () => {
    const thumbnail = `data:image/jpeg;base64,${"A".repeat(12_000)}`;
    const page = renderPage(sampleEvaluationPage(2000, 10, thumbnail));
    expect(page.match(/<img /g)).toHaveLength(24);
    expect(page.length).toBeLessThan(3_000_000);
  });
});
