import type { Split } from "../../data/dataset.ts";
import type { LearningCurve } from "../review/learningCurve.ts";
import { count, percent, plural } from "./format.ts";
import { type Block, type Page, type Phrase, type Picture, pageSchema, type Section } from "./page/page.ts";
import type { Plot, Series } from "./page/plot.ts";
import { seriesColors } from "./palette.ts";
import { remarkBlocks } from "./sections.ts";

/** An image on the page. */
export interface ReviewedImage {
  readonly name: string;
  readonly className: string;
  readonly split: Split;
  readonly thumbnail?: string;
}

/** Everything the page about a review shows. */
export interface ReviewReport {
  readonly title: string;
  /** ISO 8601. */
  readonly created: string;
  readonly classNames: readonly string[];
  readonly base: string;
  readonly images: number;
  /** Surest first; those that are shown have thumbnails. */
  readonly issues: readonly (ReviewedImage & {
    readonly suggested: string;
    readonly labelProbability: number;
    readonly suggestedProbability: number;
  })[];
  /** Images that show the same thing, in groups. */
  readonly copies: readonly { readonly similarity: number; readonly images: readonly ReviewedImage[] }[];
  readonly outliers: readonly (ReviewedImage & { readonly deviations: number })[];
  /** Accuracy of the classifiers that had not seen the image. */
  readonly accuracy: number;
  readonly map: readonly (Pick<ReviewedImage, "name" | "className" | "split"> & {
    readonly x: number;
    readonly y: number;
    readonly isRight: boolean;
  })[];
  readonly curve?: LearningCurve;
  /** Files with what can be done about it. */
  readonly lists: readonly { readonly file: string; readonly holds: string; readonly use: string }[];
  readonly forwards: { readonly computed: number; readonly reused: number };
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly warnings: readonly string[];
  readonly command: string;
  /** Of permafrost. */
  readonly version: string;
}

/** The page about what is odd in a data set. */
export function reviewPage(report: ReviewReport): Page {
  const leaks = report.copies.filter(isLeak).length;
  return {
    schema: pageSchema,
    kind: "Review",
    title: report.title,
    created: report.created,
    about: `${plural(report.images, "image")} of ${plural(report.classNames.length, "class", "classes")}, seen by ${report.base}.`,
    answer: {
      sentence: sentence(report, leaks),
      remark:
        "Found by the features of the base network alone: suggestions to look at, not verdicts. No file was changed; the lists below are for train --relabel and --exclude once you have looked through them.",
      numbers: [
        {
          text: count(report.issues.length),
          value: report.issues.length,
          meaning: `probably wrong labels of ${count(report.images)}`,
          ...tone(report.issues.length),
        },
        {
          text: count(leaks),
          value: leaks,
          meaning: `pictures that are in two splits; ${count(report.copies.length)} are there more than once in all`,
          ...tone(leaks),
        },
        {
          text: percent(report.accuracy),
          value: report.accuracy,
          meaning: "agree with a classifier that has not seen them (5 folds)",
        },
      ],
      pictureTitle: "The images on a map",
      picture: { kind: "charts", charts: [mapChart(report, "class")] },
    },
    sections: [
      issueSection(report),
      copySection(report),
      outlierSection(report),
      ...(report.curve === undefined ? [] : [curveSection(report.curve)]),
      mapSection(report),
      listSection(report),
    ],
    version: report.version,
  };
}

function tone(found: number): { readonly tone?: "wrong" } {
  return found === 0 ? {} : { tone: "wrong" };
}

function sentence({ issues, copies, outliers, images }: ReviewReport, leaks: number): string {
  if (issues.length + copies.length + outliers.length === 0) {
    return `Nothing odd was found in ${plural(images, "image")}.`;
  }
  const across = leaks > 0 ? ` (${count(leaks)} across splits)` : "";
  const parts = [
    [issues.length, `${plural(issues.length, "label is", "labels are")} probably wrong`],
    [copies.length, `${plural(copies.length, "picture is", "pictures are")} there more than once${across}`],
    [outliers.length, `${plural(outliers.length, "image looks", "images look")} like no other`],
  ] as const;
  const found = parts.flatMap(([number, text]) => (number === 0 ? [] : [text]));
  return `Of ${plural(images, "image")}, ${found.join(", ")}.`;
}

function isLeak({ images }: ReviewReport["copies"][number]): boolean {
  return new Set(images.map(({ split }) => split)).size > 1;
}

function picture(image: ReviewedImage, lines: readonly (readonly Phrase[])[]): Picture {
  const { name, thumbnail } = image;
  return { name, lines, ...(thumbnail === undefined ? {} : { thumbnail }) };
}

/** Pictures where there are thumbnails, and how many more there are. */
function gallery(pictures: readonly Picture[], all: number): Block[] {
  const shown = pictures.filter(({ thumbnail }) => thumbnail !== undefined);
  const rest = all - shown.length;
  return [
    { kind: "gallery", pictures: shown },
    ...(rest > 0
      ? [{ kind: "text", isQuiet: true, text: `and ${count(rest)} more in the list.` } as const]
      : []),
  ];
}

function issueSection({ issues }: ReviewReport): Section {
  const title = "Labels that are probably wrong";
  if (issues.length === 0) return { title, blocks: [{ kind: "text", text: "None was found." }] };
  return {
    title,
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: "Surest first. Confident learning: classifiers that have not seen the image are surer of another class than they usually are of it. Hard images are among them.",
      },
      ...gallery(
        issues.map((issue) =>
          picture(issue, [
            ["Labelled ", { strong: issue.className, tone: "wrong" }],
            ["probably ", { strong: issue.suggested }, ` (${percent(issue.suggestedProbability)})`],
          ]),
        ),
        issues.length,
      ),
    ],
  };
}

function copySection({ copies }: ReviewReport): Section {
  const title = "The same picture more than once";
  if (copies.length === 0) return { title, blocks: [{ kind: "text", text: "None was found." }] };
  const pictures = copies.flatMap((group) =>
    group.images.map((image) =>
      picture(image, [
        [
          { strong: image.split, ...(isLeak(group) ? { tone: "wrong" as const } : {}) },
          `, ${image.className}`,
        ],
        [`similarity ${group.similarity.toFixed(2)}`],
      ]),
    ),
  );
  return {
    title,
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: "By features: mirrored, cut and re-encoded copies too, which permafrost scan does not find. A copy across splits makes the score on held-out images too good; those come first.",
      },
      ...gallery(pictures, pictures.length),
    ],
  };
}

function outlierSection({ outliers }: ReviewReport): Section {
  const title = "Odd ones out";
  if (outliers.length === 0) return { title, blocks: [{ kind: "text", text: "None was found." }] };
  return {
    title,
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: "Much farther from their ten nearest neighbours than images usually are (more than four deviations). Often drawings, collages, screenshots, blank pictures; sometimes just rare.",
      },
      ...gallery(
        outliers.map((one) =>
          picture(one, [[{ strong: one.className }], [`${one.deviations.toFixed(1)} deviations`]]),
        ),
        outliers.length,
      ),
    ],
  };
}

/** Would more photos help? */
function curveSection(curve: LearningCurve): Section {
  return {
    title: "Would more photos help?",
    blocks: [
      { kind: "text", text: curveText(curve) },
      { kind: "charts", charts: [curveChart(curve)] },
      {
        kind: "text",
        isQuiet: true,
        text: "Mean of several choices of training images; the band reaches from the lowest to the highest. Logistic regression on stored features.",
      },
    ],
  };
}

/** The answer, as strong as the numbers are. */
export function curveText({ lastDoubling, atTwice, judged, points }: LearningCurve): string {
  const { from, to, gain, interval } = lastDoubling;
  const [low, high] = interval;
  const points1 = (value: number) => `${value >= 0 ? "+" : "−"}${Math.abs(value * 100).toFixed(1)}`;
  const measured = `From ${count(from)} to ${count(to)} training images accuracy changed by ${points1(gain)} points (95\u202f% interval ${points1(low)} to ${points1(high)}, ${count(judged)} images judged).`;
  const now = points.at(-1)!.accuracy;
  const more = Math.max(0, atTwice - now);
  const expected = `The curve, drawn on, gives about ${percent(atTwice)} with twice as many, ${points1(more)} points.`;
  if (low > 0) return `Probably yes. ${measured} ${expected} It is a guess: the curve may flatten.`;
  if (high < 0.005)
    return `Hardly. ${measured} ${expected} Another base, fine-tuning or better labels promise more.`;
  return `Not clear. ${measured} ${expected} With these few images judged, a small gain does not show.`;
}

function curveChart({ points, atTwice }: LearningCurve): Plot {
  const last = points.at(-1)!;
  return {
    title: "Accuracy by the number of training images",
    summary: `From ${percent(points[0]!.accuracy)} with ${count(points[0]!.images)} images to ${percent(last.accuracy)} with ${count(last.images)}.`,
    size: "large",
    x: { title: "training images", scale: "log", unit: "count" },
    y: { title: "accuracy", unit: "percent" },
    series: [
      {
        name: "measured",
        as: "line",
        points: points.map(({ images, accuracy, range }) => [images, accuracy, ...range] as const),
      },
      {
        name: "drawn on",
        as: "dashed",
        color: "quiet",
        points: [
          [last.images, last.accuracy],
          [2 * last.images, atTwice],
        ],
      },
    ],
  };
}

function mapSection(report: ReviewReport): Section {
  return {
    title: "Maps of the images",
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: "The two directions along which the features vary most (principal components). Near images look alike to the base; far ones need not differ in every way.",
      },
      { kind: "charts", charts: [mapChart(report, "split"), mapChart(report, "error")] },
    ],
  };
}

/** The same places, coloured three ways. */
function mapChart({ map, classNames }: ReviewReport, by: "class" | "split" | "error"): Plot {
  const keyOf = { class: "className", split: "split" } as const;
  const groups =
    by === "error"
      ? ["right", "wrong"]
      : by === "class"
        ? classNames
        : (["train", "validation", "test"] as const);
  const keyed = map.map((place) => ({
    ...place,
    key: by === "error" ? (place.isRight ? "right" : "wrong") : place[keyOf[by]],
  }));
  const shown = groups.slice(0, seriesColors - 1);
  const rest = groups.slice(seriesColors - 1);
  const series = shown.map(
    (name, color): Series =>
      seriesOf(
        name,
        color,
        keyed.filter(({ key }) => key === name),
      ),
  );
  const others = keyed.filter(({ key }) => rest.some((name) => name === key));
  const all =
    others.length === 0 ? series : [...series, seriesOf(`${rest.length} other classes`, "quiet", others)];
  return {
    title: `By ${by}`,
    summary: `${count(map.length)} images: ${all.map(({ name, points }) => `${count(points.length)} ${name}`).join(", ")}.`,
    size: "square",
    x: { title: "first component", isBare: true, domain: spanOf(map.map(({ x }) => x)) },
    y: { title: "second component", isBare: true, domain: spanOf(map.map(({ y }) => y)) },
    series: all.filter(({ points }) => points.length > 0),
  };
}

/** All values, with a little room. */
function spanOf(values: readonly number[]): [number, number] {
  const [low, high] = [
    values.reduce((a, b) => Math.min(a, b), 0),
    values.reduce((a, b) => Math.max(a, b), 0),
  ];
  const room = 0.03 * (high - low) || 1;
  return [low - room, high + room];
}

function seriesOf(name: string, color: number | "quiet", places: ReviewReport["map"]): Series {
  const short = (value: number) => Number(value.toPrecision(4));
  return {
    name,
    as: "points",
    color,
    points: places.map(({ x, y }) => [short(x), short(y)]),
    names: places.map((place) => place.name),
  };
}

function listSection(report: ReviewReport): Section {
  const { computed, reused } = report.forwards;
  return {
    title: "What to do with it",
    blocks: [
      {
        kind: "table",
        table: {
          caption: "Look through a list, take out the lines that you do not agree with, then train with it",
          columns: [{ title: "file" }, { title: "holds" }, { title: "use" }],
          rows: report.lists.map(({ file, holds, use }) => [file, holds, use]),
        },
      },
      { kind: "command", text: report.command },
      {
        kind: "text",
        isQuiet: true,
        text: `The base network ran ${plural(computed, "time")}; ${count(reused)} results came from the store.`,
      },
      ...remarkBlocks(report.skipped, report.warnings),
    ],
  };
}
