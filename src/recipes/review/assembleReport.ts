import path from "node:path";
import { packageVersion } from "../../base/version.ts";
import type { ReviewedImage, ReviewReport } from "../../evaluation/report/review/reviewReport.ts";
import { outliers } from "../../evaluation/review/neighbourhoods.ts";
import type { FeatureMatrix } from "../../heads/featureMatrix.ts";
import { thumbnail } from "../../images/thumbnail.ts";
import { copiesOf } from "./copies.ts";
import type { Findings } from "./findings.ts";
import { listsFor } from "./lists.ts";
import type { ReviewData } from "./reviewFeatures.ts";

/** Pictures of each kind on the page. */
const shown = 24;

interface ReviewedPlace {
  readonly data: string;
  readonly out: string;
  readonly commandLine: string;
}

/** Everything the page shows; small pictures of the first ones of each kind. */
export async function reviewReport(
  request: ReviewedPlace,
  { data, base, forwards, warnings }: ReviewData,
  { probabilities, issues, near, curve, maps }: Findings,
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
    map: maps.rows.map((row, place) => {
      const { name, className, split } = samples[row]!;
      const at = ({ columns, data }: FeatureMatrix) =>
        [data[place * columns]!, columns < 2 ? 0 : data[place * columns + 1]!] as const;
      return {
        name,
        className,
        split,
        isRight: right[row]!,
        pca: at(maps.pca),
        ...(maps.umap === undefined ? {} : { umap: at(maps.umap) }),
      };
    }),
    ...(curve === undefined ? {} : { curve }),
    lists: listsFor(request),
    forwards,
    skipped,
    warnings,
    command: request.commandLine,
    version: packageVersion(),
  };
}
