import path from "node:path";
import type { Heatmap } from "../explain/explainer.ts";
import type { Focus } from "../explain/focus.ts";
import { counted } from "./cells.ts";
import { decimal, percent, plural, withMinus } from "./format.ts";
import {
  type Answer,
  type KeyNumber,
  type Page,
  type Picture,
  pageSchema,
  type Section,
} from "./page/page.ts";
import type { Cell, Column } from "./page/table.ts";
import { repeatSection } from "./repeatSection.ts";
import { remarkBlocks } from "./sections.ts";

/** What the page about explained images shows. */
export interface ExplanationReport {
  readonly bundle: string;
  readonly task: "classification" | "multilabel" | "regression";
  readonly method: "grad-cam" | "occlusion" | "integrated-gradients";
  readonly layer: string | undefined;
  readonly explanations: readonly ReportedExplanation[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly warnings: readonly string[];
  readonly command: string;
  /** ISO 8601. */
  readonly created: string;
  readonly version: string;
}

export interface ReportedExplanation {
  readonly path: string;
  readonly className: string;
  /** Of that class; of a regression the value. */
  readonly probability: number;
  readonly heatmap: Pick<Heatmap, "score" | "completenessError" | "steps">;
  /** Left out where nothing speaks for the class. */
  readonly focus?: Focus;
  /** The picture, and the picture with the heatmap, as data URIs. */
  readonly pictures: readonly [string, string];
}

/** What is explained, by task: what it is called, what it speaks of, and what that is before an activation. */
const words = {
  classification: { what: "class", answer: "class's probability", score: "class's logit" },
  multilabel: { what: "label", answer: "label's probability", score: "label's logit" },
  regression: { what: "value", answer: "value", score: "value" },
} as const;

function methodText({ method, task }: ExplanationReport): string {
  const { what, answer, score } = words[task];
  switch (method) {
    case "grad-cam":
      return `Grad-CAM: where the maps of a late layer speak for the ${what}. Coarse, as these maps are; places that speak against it are left grey.`;
    case "occlusion":
      return `Occlusion: how much of the ${answer} is lost when a square of the picture is covered with grey.`;
    case "integrated-gradients":
      return `Integrated gradients: how much each pixel adds to the ${score} on the way from black to the picture, smoothed over neighbours; what speaks against it is left grey.`;
  }
}

/** Each picture beside its heatmap. */
export function explanationPage(report: ExplanationReport): Page {
  const { bundle, method, layer, explanations, command, created, version } = report;
  return {
    schema: pageSchema,
    kind: "Explanation",
    title: path.basename(bundle),
    created,
    about: `${plural(explanations.length, "picture")} from ${folderOf(report)}, ${method}${layer === undefined ? "" : ` at ${layer}`}.`,
    answer: answerOf(report),
    sections: [
      {
        title: "Pictures",
        blocks: [{ kind: "gallery", pictures: explanations.map((one) => pairOf(one, report)) }],
      },
      numbersSection(report),
      repeatSection(command, [["Bundle", bundle]], remarkBlocks(report.skipped, report.warnings)),
    ],
    version,
  };
}

/** An outer frame as wide as a tenth of each side is this part of a picture. */
const framePart = 0.36;

function answerOf(report: ExplanationReport): Answer {
  const { explanations, task } = report;
  const { what } = words[task];
  const known = explanations.flatMap(({ focus }) => focus ?? []);
  if (known.length === 0) {
    return {
      sentence: `Nothing in the pictures speaks for the ${what} that is named.`,
      remark: methodText(report),
      numbers: [],
    };
  }
  const half = median(known.map((focus) => focus.half));
  const frame = median(known.map((focus) => focus.frame));
  const nothing = explanations.length - known.length;
  const rim =
    frame > framePart
      ? ` More than a frame's share of it lies at the rim: look for backgrounds, frames and captions.`
      : "";
  return {
    sentence: `Half of what speaks for the ${what} that is named lies on ${percent(half)} of a picture: the bright places.`,
    remark: `${methodText(report)} A heatmap shows what the network used, not whether that is sensible.${rim}${nothing === 0 ? "" : ` In ${plural(nothing, "picture")} nothing speaks for the ${what}.`}`,
    numbers: [
      {
        text: percent(half),
        value: half,
        meaning: `of a picture hold half of what speaks for the ${what} (median)`,
        tone: "right",
      },
      {
        text: percent(frame),
        value: frame,
        meaning: `of it lies in the outer frame, which is ${percent(framePart)} of a picture (median)`,
        ...(frame > framePart ? { tone: "wrong" as const } : {}),
      },
      thirdNumber(report),
    ],
    pictureTitle: "The first picture",
    picture: { kind: "gallery", pictures: explanations.slice(0, 1).map((one) => pairOf(one, report)) },
  };
}

/** How many pictures; of integrated gradients how far they add up. */
function thirdNumber({ explanations, task }: ExplanationReport): KeyNumber {
  const errors = explanations.flatMap(({ heatmap }) => heatmap.completenessError ?? []);
  if (errors.length > 0) {
    const error = median(errors);
    return {
      text: percent(error),
      value: error,
      meaning: `of the difference of the ${task === "regression" ? "values" : "logits"} is missing from the sum (median)`,
    };
  }
  const classes = new Map<string, number>();
  for (const { className } of explanations) classes.set(className, (classes.get(className) ?? 0) + 1);
  const most = [...classes].sort((a, b) => b[1] - a[1]).slice(0, 3);
  const list = most.map(([name, times]) => `${times} ${name}`).join(", ");
  return {
    text: String(explanations.length),
    value: explanations.length,
    meaning: `${explanations.length === 1 ? "picture" : "pictures"}: ${list}${classes.size > most.length ? " and others" : ""}`,
  };
}

function pairOf(
  { path: file, className, probability, pictures }: ReportedExplanation,
  report: ExplanationReport,
): Picture {
  const [thumbnail, beside] = pictures;
  return {
    name: shortName(file, report),
    thumbnail,
    beside,
    lines: [["Speaks for ", { strong: className }, ` (${answerText(probability, report)})`]],
  };
}

function numbersSection(report: ExplanationReport): Section {
  const { explanations, method, task } = report;
  const { what, answer, score } = words[task];
  const isComplete = explanations.some(({ heatmap }) => heatmap.completenessError !== undefined);
  const number = (title: string): Column => ({ title, as: "number" });
  return {
    title: "The numbers",
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: `Half: the smallest part of the picture that holds half of what speaks for the ${what}. Frame: the share that lies in the outer frame. Score: the ${method === "occlusion" ? answer : score}.`,
      },
      {
        kind: "table",
        table: {
          caption: "Picture by picture",
          columns: [
            { title: "picture" },
            { title: what },
            number("answer"),
            number("score"),
            number("half"),
            number("frame"),
            ...(isComplete ? [number("steps"), number("missing from the sum")] : []),
          ],
          rows: explanations.map((one): Cell[] => {
            const { focus, heatmap, probability } = one;
            const share = (value: number | undefined) =>
              value === undefined ? { text: "none", value: null } : { text: percent(value), value };
            return [
              shortName(one.path, report),
              one.className,
              { text: answerText(probability, report), value: probability },
              { text: withMinus(decimal(heatmap.score)), value: heatmap.score },
              share(focus?.half),
              share(focus?.frame),
              ...(isComplete ? [counted(heatmap.steps ?? 0), share(heatmap.completenessError ?? 0)] : []),
            ];
          }),
        },
      },
    ],
  };
}

/** A probability; of a regression the value itself. */
function answerText(value: number, { task }: ExplanationReport): string {
  return task === "regression" ? withMinus(decimal(value)) : percent(value);
}

/** The folder that all pictures are below. */
function folderOf({ explanations }: ExplanationReport): string {
  const parts = explanations.map((one) => path.dirname(one.path).split(path.sep));
  const [first = [], ...others] = parts;
  const shared = first.findIndex((part, at) => others.some((other) => other[at] !== part));
  return first.slice(0, shared < 0 ? first.length : shared).join(path.sep) || ".";
}

function shortName(file: string, report: ExplanationReport): string {
  return path.relative(folderOf(report), file) || path.basename(file);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return (sorted[Math.floor(half)]! + sorted[Math.ceil(half)]!) / 2;
}
