import path from "node:path";
import { type Digest, digestOf } from "../../base/digest.ts";
import { PermafrostError } from "../../base/errors.ts";
import type { WorkOptions } from "../../base/progress.ts";
import type { Dataset, TargetTask } from "../../data/dataset.ts";
import { digestSamples } from "../../data/digests.ts";
import { corrected } from "../../data/imageList.ts";
import { openDataset } from "../../data/openDataset.ts";
import { openTargets } from "../../data/openTargets.ts";
import { withoutSkipped } from "../../data/problems.ts";
import { assignSplits, type SplitSample } from "../../data/split.ts";
import type { PhaseClock } from "../request/phaseClock.ts";
import { type TargetScale, targetScale } from "./targetScale.ts";

/** A data set whose samples all have a split. */
export type SplitDataset = Omit<Dataset, "samples"> & {
  readonly samples: readonly SplitSample[];
  /** Of regression: the units in which its values are learned. */
  readonly targetScale?: TargetScale;
};

/** Labelled images, known by their content. */
export interface PreparedData {
  readonly dataset: SplitDataset;
  /** SHA-256 of each sample's bytes by its path. */
  readonly digests: ReadonlyMap<string, Digest>;
}

export interface DataRequest {
  readonly data: string;
  readonly task?: TargetTask;
  readonly labels?: string;
  /** Lists of images to leave out, and of other labels; see `corrected`. */
  readonly exclude?: string;
  readonly relabel?: string;
  readonly store: string;
  readonly validationSplit: number;
  readonly seed: number;
  /** Default: `seed`. */
  readonly splitSeed?: number;
}

/** Where digests of files are remembered between runs. */
export function digestCacheFile(store: string): string {
  return path.join(store, "digests.jsonl");
}

/** Lists the images, digests their bytes and gives every one a split. What the list remarks becomes a warning. */
export async function prepareData(
  request: DataRequest,
  work: WorkOptions & { readonly onWarning?: (text: string) => void },
  clock: PhaseClock,
): Promise<PreparedData> {
  const opened = await clock.time("list", async () => corrected(await openImages(request), request));
  for (const note of opened.notes) work.onWarning?.(`${note}.`);
  const { digests, skipped } = await clock.time("digest", () =>
    digestSamples(opened.samples, { ...work, cacheFile: digestCacheFile(request.store) }),
  );
  const dataset = withoutSkipped(opened, skipped);
  const samples = assignSplits(dataset.samples, digests, {
    validationSplit: request.validationSplit,
    seed: request.splitSeed ?? request.seed,
  });
  return { dataset: { ...dataset, samples, ...scaleOf(dataset, samples) }, digests };
}

/** Classes come from folders or a manifest, labels and values from a table. */
function openImages({ data, task, labels, relabel }: DataRequest): Promise<Dataset> {
  if (task !== undefined && relabel !== undefined) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `--relabel: with --task ${task} an image has no class. Change the table of labels instead.`,
    );
  }
  if (task !== undefined) return openTargets({ data, task, labels });
  if (labels === undefined) return openDataset(data);
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    "--labels: classes come from the folders. Add --task multilabel or --task regression for a table beside the images.",
  );
}

function scaleOf(
  { task, classNames }: Dataset,
  samples: readonly SplitSample[],
): { readonly targetScale?: TargetScale } {
  if (task !== "regression") return {};
  const train = samples.filter(({ split }) => split === "train");
  return { targetScale: targetScale(train, classNames) };
}

/** The data set without images that could not be decoded; the others keep their splits. */
export function withoutUnreadable(
  { dataset, digests }: PreparedData,
  skipped: Dataset["skipped"],
): PreparedData {
  const left = withoutSkipped(dataset, skipped);
  const kept = new Set(left.samples.map((sample) => sample.path));
  return {
    dataset: {
      ...dataset,
      samples: dataset.samples.filter((sample) => kept.has(sample.path)),
      skipped: left.skipped,
    },
    digests,
  };
}

/** SHA-256 over the content, label and split of every image: equal data give equal digests wherever they lie. */
export function dataDigest(data: PreparedData): Digest {
  const rows = contentRows(data, "className").map((row) => JSON.stringify(row));
  return digestOf([data.dataset.classNames, rows.sort()]);
}

/** As `dataDigest`, of the images in their order: where that decides how they are shuffled. Unfinished runs are known by it. */
export function orderedDataDigest(data: PreparedData): Digest {
  return digestOf([data.dataset.classNames, contentRows(data, "label")]);
}

/** @param label - What tells an image's class: part of the digest. */
function contentRows({ dataset, digests }: PreparedData, label: "className" | "label") {
  return dataset.samples.map((sample) => [
    digests.get(sample.path),
    sample[label],
    sample.split,
    sample.weight,
  ]);
}
