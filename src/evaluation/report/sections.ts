import { type Preprocessing, shorterSide } from "../../applications/preprocessing.ts";
import type { Mistake, TrainingReport } from "../trainingReport.ts";
import { confusionOf, type JudgedSplit } from "./answer.ts";
import { counted } from "./cells.ts";
import { frequentConfusions } from "./confusionMatrix.ts";
import { foundTable } from "./evaluation/foundTable.ts";
import { count, decimal, duration, percent, plural } from "./format.ts";
import type { Block, Picture, Section } from "./page/page.ts";
import type { Plot, Series } from "./page/plot.ts";
import { baseFact, repeatSection, versionsFact } from "./repeatSection.ts";

/** Loss and metrics over the epochs. */
export function curvesSection({ history }: TrainingReport): Section | undefined {
  const names = Object.keys(history).filter((name) => !name.startsWith("val_") && history[name]!.length > 0);
  const charts = names.flatMap((name) => chartOf(name, history));
  if (charts.length === 0) return undefined;
  const isCurve = history[names[0]!]!.length > 1;
  return {
    title: "How it learned",
    blocks: [
      isCurve ? { kind: "charts", charts } : { kind: "text", text: "One epoch: there is no curve to draw." },
    ],
  };
}

function chartOf(name: string, history: TrainingReport["history"]): Plot[] {
  const isShare = /acc|precision|recall|auc|f1/i.test(name);
  const show = isShare ? percent : decimal;
  const curves = [
    { label: "training", values: history[name] ?? [] },
    { label: "validation", values: history[`val_${name}`] ?? [] },
  ].filter(({ values }) => values.some(Number.isFinite));
  if (curves.length === 0) return [];
  const series = curves.map(({ label, values }): Series => {
    const look =
      label === "training"
        ? ({ as: "dashed", color: "quiet" } as const)
        : ({ as: "line", color: 0 } as const);
    return { name: label, ...look, points: values.map((value, epoch) => [epoch + 1, finiteOr(value)]) };
  });
  const title = name === "acc" ? "Accuracy" : name[0]!.toUpperCase() + name.slice(1).replaceAll("_", " ");
  const epochs = Math.max(...curves.map(({ values }) => values.length));
  const summary = curves.map(
    ({ label, values }) => `${label} from ${show(values[0]!)} to ${show(values.at(-1)!)}`,
  );
  const isHighBest = isShare || name === "r2_score";
  return [
    {
      title,
      summary: `${summary.join("; ")} over ${epochs} epochs.`,
      x: { title: "epoch", unit: "count", domain: [1, epochs] },
      y: { title: "", unit: isShare ? "percent" : "number" },
      series,
      marks: bestMark(series, isHighBest, show),
    },
  ];
}

function finiteOr(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Where validation was best. */
function bestMark(
  series: readonly Series[],
  isHighBest: boolean,
  show: (value: number) => string,
): NonNullable<Plot["marks"]> {
  const place = series.findIndex(({ name }) => name === "validation");
  const known = (series[place]?.points ?? []).flatMap(([x, y]) => (y === null ? [] : [{ x, y }]));
  if (known.length < 2) return [];
  const best = known.reduce((a, b) => ((isHighBest ? b.y > a.y : b.y < a.y) ? b : a));
  return [{ ...best, series: place, text: `best ${show(best.y)}, epoch ${best.x}` }];
}

/** Precision, recall and F1 of every class. */
export function classesSection(
  { split, scores }: JudgedSplit,
  intervals: TrainingReport["classIntervals"],
): Section {
  const confusions = frequentConfusions(confusionOf(scores), 8);
  return {
    title: "Class by class",
    blocks: [
      foundTable(
        "class",
        `On the ${split} split; loss ${decimal(scores.loss)}. Precision: of the answers naming the class, how many are right. ` +
          "Recall: of its pictures, how many are found. F1: their harmonic mean.",
        scores.perClass,
        intervals,
      ),
      ...(confusions === undefined ? [] : [{ kind: "table", table: confusions } as const]),
    ],
  };
}

/** The pictures judged most wrongly. */
export function mistakesSection(
  mistakes: readonly Mistake[],
  { split }: Pick<JudgedSplit, "split">,
): Section {
  const title = "Worst mistakes";
  if (mistakes.length === 0) {
    return {
      title,
      blocks: [{ kind: "text", text: `None: every picture of the ${split} split was named rightly.` }],
    };
  }
  return {
    title,
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: `Where the classifier was most sure of a wrong answer (${split} split). Look here first: some may be wrong labels.`,
      },
      { kind: "gallery", pictures: mistakes.map(mistakePicture) },
    ],
  };
}

function mistakePicture({ trueClass, predictedClass, probability, ...picture }: Mistake): Picture {
  return {
    ...picture,
    lines: [
      ["Is ", { strong: trueClass }, ","],
      ["said ", { strong: predictedClass, tone: "wrong" }, ` (${percent(probability)})`],
    ],
  };
}

/** What went in, and what was left out and why. */
export function picturesSection({ splits, classNames, skipped, warnings, task }: TrainingReport): Section {
  const kind = task === "multilabel" ? "label" : "class";
  const named = task === "regression" ? [] : classNames;
  return {
    title: "The pictures",
    blocks: [
      {
        kind: "table",
        table: {
          caption: `Pictures by ${named.length === 0 ? "split" : `${kind} and split`}`,
          columns: [
            { title: named.length === 0 ? "split" : kind },
            ...splits.map(({ split }) => ({ title: split, as: "number" }) as const),
          ],
          rows: [
            ...named.map((name, label) => [
              name,
              ...splits.map(({ samplesByClass }) => counted(samplesByClass[label] ?? 0)),
            ]),
            ["all", ...splits.map(({ samples }) => counted(samples))],
          ],
        },
      },
      ...remarkBlocks(skipped, warnings),
    ],
  };
}

/** A page is no log file: the first ones, and how many more. */
const mostSkipped = 200;

/** What was left out, and what did not go as asked. */
export function remarkBlocks(skipped: TrainingReport["skipped"], warnings: readonly string[]): Block[] {
  const rest = skipped.length - mostSkipped;
  const files = skipped.slice(0, mostSkipped).map(({ path, reason }) => `${path}: ${reason}`);
  const more = rest > 0 ? [`and ${count(rest)} more; the result line of --json lists all.`] : [];
  return [
    skipped.length === 0
      ? { kind: "text", text: "No file was skipped." }
      : {
          kind: "list",
          title: `${plural(skipped.length, "file")} skipped (left where they are)`,
          items: [...files, ...more],
        },
    ...(warnings.length === 0 ? [] : [{ kind: "list", title: "Worth knowing", items: warnings } as const]),
  ];
}

/** Where the time went, and how often the base ran. */
export function workSection({ forwards, seconds }: TrainingReport): Section {
  const phases = Object.entries(seconds);
  const longest = Math.max(...phases.map(([, value]) => value), 1e-9);
  return {
    title: "The work",
    blocks: [
      {
        kind: "text",
        text:
          `The base network ran ${plural(forwards.computed, "time")}; ${count(forwards.reused)} results came from the store. ` +
          "Its weights are frozen, so each picture passes it once, whatever the number of epochs, and not again in the next run.",
      },
      {
        kind: "table",
        table: {
          caption: "Seconds by phase",
          columns: [{ title: "phase" }, { title: "time", as: "number" }, { title: "", as: "bar" }],
          rows: phases.map(([phase, value]) => [
            phase,
            { text: duration(value), value },
            { text: "", value: value / longest },
          ]),
        },
      },
    ],
  };
}

/** Everything one needs to do it again. */
export function recipeSection(report: TrainingReport): Section {
  return repeatSection(report.command, [
    baseFact(report.base),
    ["Head", report.head.join(" → ")],
    ["Input", inputText(report.preprocessing)],
    ...Object.entries(report.settings).map(([name, value]) => [name, String(value)] as const),
    ["Bundle", report.bundle],
    versionsFact(report.versions),
    ["Numerics class", report.numericsClass],
  ]);
}

function inputText(preprocessing: Preprocessing): string {
  const { height, width, filter, fit, scale, mean, std, order } = preprocessing;
  const scaled = { crop: "shorter side to", stretchCrop: "stretched to a square of", stretch: "" }[fit];
  const size =
    fit === "stretch"
      ? `stretched to ${width}×${height}`
      : `${scaled} ${shorterSide(preprocessing)}, centre ${width}×${height}`;
  return `${size} pixels (${filter}); (pixel × ${decimal(scale)} − [${mean.join(", ")}]) / [${std.join(", ")}], ${order.toUpperCase()}`;
}
