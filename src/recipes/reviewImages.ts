import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import { explainWriteError, writeFileAtomic } from "../base/files.ts";
import { packageVersion } from "../base/version.ts";
import { csvText } from "../data/csvText.ts";
import type { SplitSample } from "../data/split.ts";
import type { Page } from "../evaluation/report/page/page.ts";
import { type ReviewedImage, type ReviewReport, reviewPage } from "../evaluation/report/reviewPage.ts";
import { type LabelIssue, labelIssues } from "../evaluation/review/confidentLearning.ts";
import { type LearningCurve, learningCurve } from "../evaluation/review/learningCurve.ts";
import { type Neighbourhoods, neighbourhoods, outliers } from "../evaluation/review/neighbourhoods.ts";
import { outOfFoldProbabilities } from "../evaluation/review/outOfFold.ts";
import { rowsOf } from "../heads/featureMatrix.ts";
import { thumbnail } from "../images/thumbnail.ts";
import { pageFiles, savePageIn } from "./pages/savePage.ts";
import type { TrainingHooks } from "./request/training.ts";
import { type ReviewData, type ReviewDataRequest, reviewFeatures } from "./reviewFeatures.ts";

export interface ReviewRequest extends ReviewDataRequest {
  /** Folder for the page and the lists; new, or that of an earlier review. */
  readonly out: string;
  /** The command line, for the record. */
  readonly commandLine: string;
}

export interface ReviewResult {
  readonly images: number;
  /** Out of the folds. */
  readonly accuracy: number;
  readonly issues: ReviewReport["issues"];
  readonly copies: ReviewReport["copies"];
  readonly outliers: ReviewReport["outliers"];
  readonly curve?: LearningCurve;
  readonly forwards: ReviewReport["forwards"];
  readonly skipped: ReviewReport["skipped"];
  readonly out: string;
  readonly page: string;
}

/** Files that a review writes. */
const names = {
  ...pageFiles,
  relabel: "relabel.csv",
  copies: "copies.csv",
  odd: "odd.csv",
} as const;

/** Pictures of each kind on the page. */
const shown = 24;

/**
 * Looks for what is odd in a data set by the features of a base network: labels that are probably wrong, pictures that are there more
 * than once, images that look like no other; and how accuracy grows with the number of images. No image file is changed: lists are
 * written that `train --relabel` and `--exclude` take.
 *
 * @throws PermafrostError OUTPUT_EXISTS for a folder with other files in it; as a training for the data.
 */
export async function reviewImages(request: ReviewRequest, hooks: TrainingHooks = {}): Promise<ReviewResult> {
  await checkPlace(request.out);
  const reviewed = await reviewFeatures(request, hooks);
  const found = findings(reviewed, hooks);
  const report = await reportOf(request, reviewed, found);
  await writeAll(request.out, reviewPage(report), listsOf(report));
  const { issues, copies, outliers: odd, accuracy, curve, forwards, skipped } = withoutThumbnails(report);
  return {
    images: report.images,
    accuracy,
    issues,
    copies,
    outliers: odd,
    ...(curve === undefined ? {} : { curve }),
    forwards,
    skipped,
    out: request.out,
    page: path.join(request.out, names.page),
  };
}

/** Refused before any work. */
async function checkPlace(folder: string): Promise<void> {
  const others = (await readdir(folder).catch(() => [])).filter(
    (name) => !Object.values<string>(names).includes(name),
  );
  if (others.length === 0) return;
  throw new PermafrostError(
    "OUTPUT_EXISTS",
    `${folder}: expected a new folder or one of an earlier review, found ${JSON.stringify(others[0])} in it. Nothing was changed; give another --out.`,
    { details: { path: folder, names: others } },
  );
}

interface Findings {
  readonly probabilities: Float32Array;
  readonly issues: readonly LabelIssue[];
  readonly near: Neighbourhoods;
  readonly curve: LearningCurve | undefined;
}

function findings({ data, features }: ReviewData, { onProgress }: TrainingHooks): Findings {
  const { samples, classNames } = data.dataset;
  const steps = ["neighbours", "folds", "learning curve"];
  const tell = (done: number) => onProgress?.({ phase: "review", done, total: steps.length, unit: "steps" });
  tell(0);
  const near = neighbourhoods(features);
  tell(1);
  const labels = samples.map(({ label }) => label);
  const groups = groupsOf(samples, data.digests, near.pairs);
  const probabilities = outOfFoldProbabilities(features, labels, classNames.length, groups);
  tell(2);
  const part = (split: string) => {
    const rows = [...samples.keys()].filter((row) => samples[row]!.split === split);
    return { features: rowsOf(features, rows), labels: rows.map((row) => labels[row]!) };
  };
  const curve = learningCurve(part("train"), part("validation"), classNames.length);
  tell(3);
  return { probabilities, issues: labelIssues(probabilities, labels, classNames.length), near, curve };
}

/** A number a sample, the same for copies of one picture. */
function groupsOf(
  samples: readonly SplitSample[],
  digests: ReadonlyMap<string, string>,
  pairs: Neighbourhoods["pairs"],
): number[] {
  const groups = samples.map((_, row) => row);
  const rootOf = (row: number): number => (groups[row] === row ? row : rootOf(groups[row]!));
  const join = (a: number, b: number) => {
    const [low, high] = [rootOf(a), rootOf(b)].sort((x, y) => x - y);
    groups[high!] = low!;
  };
  const first = new Map<string, number>();
  for (const [row, { path: file }] of samples.entries()) {
    const digest = digests.get(file)!;
    const earlier = first.get(digest);
    if (earlier === undefined) first.set(digest, row);
    else join(earlier, row);
  }
  for (const { a, b } of pairs) join(a, b);
  return groups.map((_, row) => rootOf(row));
}

async function reportOf(
  request: ReviewRequest,
  { data, base, forwards, warnings }: ReviewData,
  { probabilities, issues, near, curve }: Findings,
): Promise<ReviewReport> {
  const { samples, classNames, skipped } = data.dataset;
  const classes = classNames.length;
  const saidOf = (row: number) => {
    const own = probabilities.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(own.reduce((a, b) => Math.max(a, b)));
  };
  const right = samples.map(({ label }, row) => saidOf(row) === label);
  const image = async (row: number, place: number): Promise<ReviewedImage> => {
    const { name, className, split, path: file } = samples[row]!;
    return { name, className, split, ...(place < shown ? { thumbnail: await thumbnail(file, 128) } : {}) };
  };
  return {
    title: path.parse(path.resolve(request.data)).name,
    created: new Date().toISOString(),
    classNames,
    base: base.application.commandName,
    images: samples.length,
    issues: await Promise.all(
      issues.map(async ({ row, suggested, labelProbability, suggestedProbability }, place) => ({
        ...(await image(row, place)),
        suggested: classNames[suggested]!,
        labelProbability,
        suggestedProbability,
      })),
    ),
    copies: await copiesOf(samples, data.digests, near, image),
    outliers: await Promise.all(
      outliers(near.distances).map(async ({ row, deviations }, place) => ({
        ...(await image(row, place)),
        deviations,
      })),
    ),
    accuracy: right.filter(Boolean).length / samples.length,
    map: samples.map(({ name, className, split }, row) => ({
      name,
      className,
      split,
      x: near.map.data[2 * row]!,
      y: near.map.data[2 * row + 1]!,
      isRight: right[row]!,
    })),
    ...(curve === undefined ? {} : { curve }),
    lists: [
      {
        file: names.relabel,
        holds: "labels that are probably wrong, with a suggestion",
        use: `permafrost train ${request.data} --relabel ${path.join(request.out, names.relabel)}`,
      },
      {
        file: names.copies,
        holds: "copies beyond the first, those in training where they are in two splits",
        use: `permafrost train ${request.data} --exclude ${path.join(request.out, names.copies)}`,
      },
      {
        file: names.odd,
        holds: "images that look like no other",
        use: `permafrost train ${request.data} --exclude ${path.join(request.out, names.odd)}`,
      },
    ],
    forwards,
    skipped,
    warnings,
    command: request.commandLine,
    version: packageVersion(),
  };
}

/** Leaks first, then the nearest. */
async function copiesOf(
  samples: readonly SplitSample[],
  digests: ReadonlyMap<string, string>,
  { pairs }: Neighbourhoods,
  image: (row: number, place: number) => Promise<ReviewedImage>,
): Promise<ReviewReport["copies"]> {
  const groups = groupsOf(samples, digests, pairs);
  const rowsByGroup = new Map<number, number[]>();
  for (const [row, group] of groups.entries())
    rowsByGroup.set(group, [...(rowsByGroup.get(group) ?? []), row]);
  const similarity = new Map<number, number>();
  for (const pair of pairs) {
    const group = groups[pair.a]!;
    similarity.set(group, Math.max(similarity.get(group) ?? 0, pair.similarity));
  }
  const isLeak = (rows: readonly number[]) => new Set(rows.map((row) => samples[row]!.split)).size > 1;
  const sorted = [...rowsByGroup]
    .filter(([, rows]) => rows.length > 1)
    .map(([group, rows]) => ({ rows, similarity: similarity.get(group) ?? 1 }))
    .sort((a, b) => Number(isLeak(b.rows)) - Number(isLeak(a.rows)) || b.similarity - a.similarity);
  let place = 0;
  const found = [];
  for (const { rows, similarity: near } of sorted) {
    const images: ReviewedImage[] = [];
    for (const row of rows) images.push(await image(row, place++));
    found.push({ similarity: near, images });
  }
  return found;
}

/** The lists by file name. */
function listsOf({ issues, copies, outliers: odd }: ReviewReport): Readonly<Record<string, string>> {
  return {
    [names.relabel]: csv(
      ["path", "label", "was", "probability", "probability_was"],
      issues.map((one) => [
        one.name,
        one.suggested,
        one.className,
        one.suggestedProbability,
        one.labelProbability,
      ]),
    ),
    [names.copies]: csv(
      ["path", "copy_of", "split", "other_split", "similarity"],
      copies.flatMap(({ images, similarity }) => {
        // Held-out images stay: a copy in training is what makes their score too good.
        const order = ["test", "validation", "train"];
        const [kept, ...others] = images.toSorted((a, b) => order.indexOf(a.split) - order.indexOf(b.split));
        return others.map((one) => [one.name, kept!.name, one.split, kept!.split, similarity]);
      }),
    ),
    [names.odd]: csv(
      ["path", "label", "deviations"],
      odd.map((one) => [one.name, one.className, one.deviations]),
    ),
  };
}

function csv(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number) =>
    typeof value === "number" ? String(Number(value.toPrecision(5))) : value;
  return csvText([header, ...rows.map((row) => row.map(cell))]);
}

async function writeAll(folder: string, page: Page, lists: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw explainWriteError(error, folder);
  });
  for (const [name, text] of Object.entries(lists)) await writeFileAtomic(path.join(folder, name), text);
  await savePageIn(folder, page);
}

/** For machines: what was found, without the pictures. */
function withoutThumbnails(report: ReviewReport): ReviewReport {
  const plain = <One extends ReviewedImage>({ thumbnail: _, ...rest }: One) => rest;
  return {
    ...report,
    issues: report.issues.map(plain),
    copies: report.copies.map(({ similarity, images }) => ({ similarity, images: images.map(plain) })),
    outliers: report.outliers.map(plain),
  };
}
