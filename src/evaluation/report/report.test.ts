import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleEvaluationPage, sampleTrainingPage } from "../../../test/support/samplePages.ts";
import { preprocessing } from "../../applications/preprocessing.ts";
import { classIntervals } from "../classIntervals.ts";
import { classificationDetails } from "../classificationDetails.ts";
import { classificationScores } from "../scores.ts";
import type { TrainingReport } from "../trainingReport.ts";
import { confidenceChart, precisionRecallChart, rocChart } from "./evaluation/curveCharts.ts";
import { duration, percent } from "./format.ts";
import { escapeHtml, html, pathParts } from "./html.ts";
import { placeAxis } from "./page/axis.ts";
import { renderChart } from "./page/chartKinds.ts";
import { pageCsv } from "./page/pageCsv.ts";
import { pageMarkdown } from "./page/pageMarkdown.ts";
import { pageTables } from "./page/pageTables.ts";
import { renderPage } from "./page/renderPage.ts";
import type { Table } from "./page/table.ts";
import { contrast, dark, heatColors, heatStep, heatSteps, light } from "./palette.ts";
import { trainingPage } from "./trainingPage.ts";

const pixel =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

function report(changes: Partial<TrainingReport> = {}): TrainingReport {
  const classNames = changes.classNames ?? ["cats", "dogs"];
  const k = classNames.length;
  const labels = Array.from({ length: 10 * k }, (_, sample) => sample % k);
  const rows = Float32Array.from(
    labels.flatMap((label, sample) => {
      const said = sample % 10 === 3 ? (label + 1) % k : label;
      return classNames.map((_, column) => (column === said ? 0.8 : 0.2 / (k - 1)));
    }),
  );
  const scores = classificationScores(rows, labels, classNames);
  const samplesByClass = classNames.map(() => 10);
  return {
    title: "photos",
    created: "2026-01-02T03:04:05.000Z",
    classNames,
    splits: [
      { split: "train", samples: 10 * k, samplesByClass },
      { split: "validation", samples: 10 * k, samplesByClass, scores },
    ],
    history: {
      loss: [0.6, 0.3, 0.2],
      val_loss: [0.5, 0.25, 0.3],
      acc: [0.7, 0.9, 0.95],
      val_acc: [0.8, 0.9, 0.85],
    },
    phases: [
      {
        name: "block5",
        firstEpoch: 2,
        epochs: 2,
        learningRate: 1e-4,
        trained: "vgg16 (block5_conv1)",
        trainedParameters: 1234,
        frozen: { before: "aa".repeat(32), after: "aa".repeat(32) },
        base: { before: "bb".repeat(32), after: "cc".repeat(32) },
      },
    ],
    forwards: { computed: 40, reused: 2 },
    seconds: { scan: 0.2, features: 75, train: 3.3 },
    skipped: [{ path: "cats/broken.jpg", reason: "truncated JPEG" }],
    warnings: ["The store is full."],
    base: { name: "mobilenet_v3_small", weightsDigest: "ab".repeat(32) },
    preprocessing: preprocessing("torch", { height: 224, width: 224 }),
    head: ["Dense(2, softmax)"],
    settings: { Optimizer: "adam", Seed: 0 },
    command: "permafrost train photos",
    bundle: "runs/photos",
    numericsClass: "onnxruntime-node 1, linux-x64, avx2, all",
    versions: { permafrost: "0.1.0", node: "v20" },
    classIntervals: classIntervals(rows, labels, classNames),
    mistakes: [
      { name: "cats/3.jpg", trueClass: "cats", predictedClass: "dogs", probability: 0.8, thumbnail: pixel },
    ],
    ...changes,
  };
}

function renderTrainingReport(data: TrainingReport): string {
  return renderPage(trainingPage(data));
}

/** Elements that are opened and closed in order; throws where they are not. */
function outline(page: string): string[] {
  const alone = new Set(["meta", "wbr", "img", "br", "line", "circle", "path", "rect"]);
  const open: string[] = [];
  const seen: string[] = [];
  for (const [, closing, name] of page
    .replace(/<style>.*?<\/style>/s, "")
    .matchAll(/<(\/?)([a-z0-9]+)(?:\s[^>]*)?>/g)) {
    if (closing === "") seen.push(name!);
    const single = alone.has(name!) && !(name === "rect" && closing === "/");
    if (closing === "/" && name !== "rect") expect(open.pop()).toBe(name);
    else if (closing === "" && !single) open.push(name!);
  }
  expect(open).toEqual([]);
  return seen;
}

describe("the training report", () => {
  test("tells what was trained, and whether frozen weights and the base are as they were", () => {
    const page = renderTrainingReport(report());
    expect(page).toContain("<td>2 to 3</td>");
    expect(page).toContain("vgg16 (block5_conv1)");
    expect(page).toContain("aaaaaaaa, unchanged");
    expect(page).toContain("bbbbbbbb became cccccccc");
  });

  test("answers in one sentence with three numbers and a picture", () => {
    const page = renderTrainingReport(report());
    expect(page).toContain(
      "Shown 20 pictures it was not trained on, it picks the right one of 2 classes 90.0\u202f% of the time.",
    );
    expect(page).toContain("95\u202f% interval 69.9\u202f% to 97.2\u202f%");
    expect(page).toContain("wrong of 20 pictures");
    expect(page).toContain("40 passes through the base, 2 reused");
    expect(page).toContain("Always answering “cats” would be right 50.0\u202f% of the time.");
    expect(page).toMatch(
      /<td class="miss2" title="20\.0.% of the row">2<\/td><td class="hit8" title="80\.0.% of the row">8<\/td>/,
    );
  });

  test("holds every part that the run has", () => {
    const page = renderTrainingReport(report());
    const headings = [...page.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, text]) => text);
    expect(headings).toEqual([
      "What was taken for what (validation split)",
      "How it learned",
      "Class by class",
      "Worst mistakes",
      "What was trained",
      "The pictures",
      "The work",
      "How to do it again",
    ]);
    for (const text of [
      "cats/broken.jpg: truncated JPEG",
      "The store is full.",
      "permafrost train photos",
      "1 min 15 s",
      "ab".repeat(32),
    ]) {
      expect(page).toContain(text);
    }
  });

  test("shows the intervals of its classes that the page of an evaluation shows", () => {
    const [tables, judged] = [sampleTrainingPage(), sampleEvaluationPage(200)].map((page) =>
      pageTables(page),
    );
    const classes = (all: readonly Table[] = []) =>
      all.find(({ columns }) => columns[1]?.title === "precision")!;
    const [own, other] = [classes(tables), classes(judged)];
    expect(own.columns.map(({ title }) => title)).toEqual(["class", "precision", "recall", "F1", "pictures"]);
    expect(own.rows).toEqual(other.rows.map((row) => [...row.slice(0, 4), row.at(-1)]));
    expect(own.rows[0]!.slice(1, 4)).toEqual(
      Array(3).fill(expect.objectContaining({ interval: expect.any(String) })),
    );
  });

  test("is well formed and labelled: language, title, one h1, header cells, text for every picture", () => {
    const page = renderTrainingReport(report({ classNames: ["a", "b", "c"] }));
    const elements = outline(page);
    expect(elements.filter((name) => name === "h1")).toHaveLength(1);
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    for (const [picture] of page.matchAll(/<img[^>]*>/g)) expect(picture).toMatch(/ alt="[^"]+"/);
    for (const [picture] of page.matchAll(/<svg[^>]*>/g))
      expect(picture).toMatch(/role="img" aria-label="[^"]+"/);
    for (const [header] of page.matchAll(/<th\b[^>]*>/g))
      expect(header).toMatch(/scope="(row|col)"|aria-hidden/);
  });

  test("needs no network and no script, and forbids both", () => {
    const page = renderTrainingReport(report());
    expect(page).not.toMatch(/https?:|\/\/[a-z]|<script|<link|@import|url\(|\son[a-z]+=/i);
    expect(page).toContain("default-src 'none'; img-src data:");
    expect(page.length).toBeLessThan(50_000);
  });

  test("shows any text as text, wherever it stands", () => {
    const evil = `"><img src=x onerror='alert(1)'> & </style><script>alert(2)</script> 🐺 \u202egpj`;
    const page = renderTrainingReport(
      report({
        title: evil,
        classNames: [evil, "dogs"],
        skipped: [{ path: evil, reason: evil }],
        warnings: [evil],
        head: [evil],
        settings: { [evil]: evil },
        command: evil,
        bundle: evil,
        history: { loss: [1, 0.5], [`val_${evil}`]: [1, 2], [evil]: [1, 2] },
        mistakes: [
          {
            name: evil,
            trueClass: evil,
            predictedClass: evil,
            probability: 1,
            thumbnail: `${pixel}" onload="x`,
          },
        ],
      }),
    );
    outline(page);
    expect(page).not.toMatch(/<script|<img|onload/);
    expect(page).toContain("&lt;script&gt;alert(2)&lt;/script&gt; 🐺 \ufffdgpj");
  });

  test.each([
    "https://example.org/x.png",
    "javascript:alert(1)",
    "data:text/html;base64,AAAA",
    "data:image/svg+xml;base64,AAAA",
  ])("a picture that is not inside the page is left out: %s", (thumbnail) => {
    const [mistake] = report().mistakes;
    const page = renderTrainingReport(report({ mistakes: [{ ...mistake!, thumbnail }] }));
    expect(page).not.toContain(thumbnail);
    expect(page).toContain('class="blank"');
  });

  test("runs with little to show give whole pages: no scores, no epochs, no mistakes, values that are not finite", () => {
    const [train] = report().splits;
    for (const changes of [
      { splits: [train!] },
      { history: {} },
      { history: { loss: [1] } },
      { history: { loss: [1, Number.NaN, 0.5], val_loss: [Number.NaN, Number.NaN, Number.NaN] } },
      { mistakes: [], skipped: [], warnings: [], seconds: {} },
      { skipped: Array.from({ length: 1000 }, (_, index) => ({ path: `${index}.jpg`, reason: "x" })) },
    ]) {
      const page = renderTrainingReport(report(changes));
      outline(page);
      expect(page.replace(/<details>.*?<\/details>/gs, "")).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  test("many classes become a picture and a list of confusions", () => {
    const page = renderTrainingReport(
      report({ classNames: Array.from({ length: 60 }, (_, index) => `class ${index}`) }),
    );
    outline(page);
    expect(page).toContain("Confusion matrix of 60 classes");
    expect(page).toContain("Most frequent confusions");
  });
});

describe("parts of the report", () => {
  test("templates escape texts and keep what templates made", () => {
    expect(html`<b title="${'"<'}">${html`<i>${"&"}</i>`}${["<", 1]}${undefined}</b>`.text).toBe(
      '<b title="&quot;&lt;"><i>&amp;</i>&lt;1</b>',
    );
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !/[<>"']/.test(escapeHtml(text))));
  });

  test("every text can be read: contrast of 4.5 and more in light and dark", () => {
    for (const palette of [light, dark]) {
      const { c1, c2, c3, c4, c5, c6, c7, c8 } = palette;
      for (const line of [c1, c2, c3, c4, c5, c6, c7, c8])
        expect(contrast(line, palette.surface)).toBeGreaterThan(3);
      for (const text of [palette.ink, palette.muted, palette.accent, palette.warm]) {
        for (const ground of [palette.surface, palette.page])
          expect(contrast(text, ground)).toBeGreaterThan(4.5);
      }
      for (let step = 1; step <= heatSteps; step++) {
        for (const color of [palette.accent, palette.warm]) {
          const cell = heatColors(palette, color, step);
          expect(contrast(cell.ground, cell.text)).toBeGreaterThan(4.5);
        }
      }
    }
  });

  test("any share above nothing has a shade", () => {
    expect([0, 0.001, 0.5, 1].map(heatStep)).toEqual([0, 1, 5, 10]);
  });

  test("ticks are few, round and enclose the values", () => {
    const ticks = (low: number, high: number) =>
      placeAxis({ title: "", unit: "percent" }, [low, high], [0, 100], 5);
    expect(ticks(0.62, 0.97).ticks.map(({ text }) => text)).toEqual(
      [60, 70, 80, 90, 100].map((share) => `${share}\u202f%`),
    );
    const log = placeAxis({ title: "", scale: "log" }, [1e-6, 1], [0, 100], 5);
    expect(log.ticks.map(({ text }) => text)).toEqual(["1e-6", "1e-5", "1e-4", "0.001", "0.01", "0.1", "1"]);
    const epochs = placeAxis({ title: "epoch", unit: "count", domain: [1, 2] }, [], [0, 100], 6);
    expect(epochs.ticks.map(({ text }) => text)).toEqual(["1", "2"]);
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, (a, b) => {
        const axis = ticks(Math.min(a, b), Math.max(a, b));
        expect(axis.ticks.length).toBeGreaterThan(1);
        expect(axis.ticks.length).toBeLessThan(12);
        for (const value of [a, b]) {
          expect(axis.at(value)).toBeGreaterThanOrEqual(-1e-6);
          expect(axis.at(value)).toBeLessThanOrEqual(100 + 1e-6);
        }
      }),
      {
        seed: 4,
        examples: [
          [0, 0],
          [1, 1],
          [0.5, 0.5],
          [0, 5e-324],
        ],
      },
    );
  });

  test("steps keep a value up to the next point", () => {
    const { text } = renderChart({
      title: "Precision",
      summary: "It falls.",
      x: { title: "recall", domain: [0, 1] },
      y: { title: "precision", domain: [0, 1] },
      series: [
        {
          name: "cats",
          as: "steps",
          points: [
            [1, 0.5],
            [0, 1],
          ],
        },
      ],
    });
    const [, path] = /<path class="steps c1" d="([^"]+)"/.exec(text)!;
    const places = path!
      .split(/[ML]/)
      .filter(Boolean)
      .map((place) => place.split(",").map(Number));
    const [start, corner, end] = [places[0]!, places.at(-2)!, places.at(-1)!];
    expect(corner).toEqual([end[0], start[1]]);
  });

  test("how sure a network is stands in ranges of equal width, empty ones among them", () => {
    const { labels, rows } = {
      labels: [0, 1, 0, 1],
      rows: Float32Array.of(0.95, 0.05, 0.35, 0.65, 0.85, 0.15, 0.05, 0.95),
    };
    const { calibration } = classificationDetails(rows, labels, ["cats", "dogs"]);
    const { series } = confidenceChart(calibration, {
      sure: "confidence",
      right: "right",
      counted: "pictures",
    });
    const { points } = series[0]!;
    expect(points.map(([, pictures]) => pictures)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 2]);
    expect(points[1]![0] - points[0]![0]).toBeCloseTo(1 / 15, 12);
  });

  test("curves of a class have one colour, and of many the worst are drawn", () => {
    const names = Array.from({ length: 10 }, (_, label) => `class ${label}`);
    const labels = Array.from({ length: 100 }, (_, image) => image % 10);
    // The higher the class, the more often another one is called.
    const rows = labels.flatMap((label, image) => {
      const said = image < 5 * label ? (label + 3) % 10 : label;
      return names.map((_, column) => (column === said ? 0.55 : 0.05));
    });
    const { perClass } = classificationDetails(Float32Array.from(rows), labels, names);
    const colors = [rocChart(perClass)!, precisionRecallChart(perClass)!].map(({ series }) =>
      series.filter(({ as }) => as !== "guide").map(({ name, color }) => [name.split(" (")[0], color]),
    );
    expect(colors[0]).toEqual(colors[1]);
    expect(colors[0]).toHaveLength(8);
  });

  test("a path may end its line behind each folder", () => {
    expect(pathParts("train/cats/1.jpg").text).toBe("train/<wbr>cats/<wbr>1.jpg");
    expect(pathParts("<b>.jpg").text).toBe("&lt;b&gt;.jpg");
  });

  test("a chart marks points, shows gaps and intervals, and has its numbers in a table", () => {
    const { text } = renderChart({
      title: "Loss",
      summary: "It falls.",
      x: { title: "epoch", unit: "count" },
      y: { title: "" },
      series: [
        {
          name: "training",
          as: "dashed",
          color: "quiet",
          points: [
            [1, 0.5],
            [2, null],
            [3, 0.3],
          ],
        },
        {
          name: "validation",
          as: "points",
          points: [
            [1, 0.4, 0.3, 0.5],
            [2, 0.45, 0.4, 0.5],
            [3, 0.5, 0.4, 0.6],
          ],
        },
      ],
      marks: [{ x: 1, y: 0.4, text: "best 0.4", series: 1 }],
    });
    expect(text).toContain("best 0.4");
    expect(text).toContain('aria-label="Loss: It falls."');
    expect(text).toMatch(/<path class="dashed quiet" d="M[\d.]+,[\d.]+ZM[\d.]+,[\d.]+Z"/);
    expect(text.match(/<line class="range c2"/g)).toHaveLength(3);
    expect(text).toContain('<th scope="row">2</th><td></td><td>0.45</td><td>0.4</td><td>0.5</td>');
  });

  test("the same numbers are there as Markdown and as CSV, with whole digits", () => {
    const page = trainingPage(report({ classNames: ["a|b", 'c"d'] }));
    const text = pageMarkdown(page);
    expect(text).toMatch(
      /\| c"d \| 100\.0.% \(67\.6 to 100\.0.%\) \| 80\.0.% \(49\.0 to 94\.3.%\) \| 0\.889 \([\d.]+ to [\d.]+\) \| 10 \|/,
    );
    expect(text).toContain("| a\\|b | 10 | 10 |");
    const rows = pageCsv(page).split("\r\n");
    expect(rows[0]).toBe("table,row,column,value");
    expect(rows).toContain("Loss,2,validation,0.25");
    expect(rows.some((row) => row.endsWith('"c""d",pictures,10'))).toBe(true);
  });

  test("numbers are written for people, and nearly all is not all", () => {
    expect([0.9999, 1, 0.00001, 0].map(percent)).toEqual([
      "99.9\u202f%",
      "100.0\u202f%",
      "0.1\u202f%",
      "0.0\u202f%",
    ]);
    expect([0.004, 3.21, 59.96, 2886, 3599, 3725].map(duration)).toEqual([
      "0.00 s",
      "3.2 s",
      "1 min 00 s",
      "48 min",
      "1 h 00 min",
      "1 h 02 min",
    ]);
  });
});
