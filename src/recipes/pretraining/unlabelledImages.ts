import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Digest } from "../../base/digest.ts";
import { messageOf, PermafrostError } from "../../base/errors.ts";
import type { WorkOptions } from "../../base/progress.ts";
import { forEachConcurrently } from "../../data/concurrency.ts";
import type { Sample, Skipped } from "../../data/dataset.ts";
import { digestSamples } from "../../data/digests.ts";
import { type SplitSample, splitFraction } from "../../data/split.ts";
import { decodeImage } from "../../images/decode.ts";
import { findImages } from "../data/findImages.ts";
import { digestCacheFile, type PreparedData } from "../data/prepareData.ts";
import type { KeptPictures } from "./keptPictures.ts";

/** Images whose labels, if they have any, are of no interest. */
export interface UnlabelledRequest {
  readonly data: string;
  readonly store: string;
  /** Share of the images held back; 0: none. */
  readonly validationSplit: number;
  readonly seed: number;
}

/** Images below a folder, each content once. */
interface ListedImages {
  readonly root: string;
  readonly listed: number;
  readonly distinct: readonly Sample[];
  readonly digests: ReadonlyMap<string, Digest>;
  /** Files that cannot be opened. */
  readonly skipped: readonly Skipped[];
}

/**
 * Lists and digests images without decoding them.
 *
 * @throws PermafrostError NOT_FOUND; INTERRUPTED.
 */
export async function listUnlabelled(
  { data, store }: Pick<UnlabelledRequest, "data" | "store">,
  work: WorkOptions,
): Promise<ListedImages> {
  const root = path.resolve(data);
  const listed = (await findImages([root])).map((file) => sampleOf(root, file));
  const { digests, skipped } = await digestSamples(listed, { ...work, cacheFile: digestCacheFile(store) });
  const distinct = [...new Map(listed.flatMap((sample) => keyed(sample, digests))).values()];
  return { root, listed: listed.length, distinct, digests, skipped };
}

/**
 * All images below a folder that can be decoded, each content once, with a split that hangs on it.
 *
 * @param kept - Receives the pictures.
 * @throws PermafrostError NOT_FOUND, or DATA_EMPTY when nothing is left to train on; INTERRUPTED.
 */
export async function unlabelledImages(
  request: UnlabelledRequest,
  work: WorkOptions,
  kept: KeptPictures,
): Promise<PreparedData> {
  const { root, listed, distinct, digests, skipped } = await listUnlabelled(request, work);
  const unreadable = await decodeAll(distinct, work, kept);
  const reasons = new Map([...skipped, ...unreadable].map((each) => [each.path, each]));
  const samples = distinct
    .filter((sample) => !reasons.has(sample.path))
    .map((sample) => withSplit(sample, digests.get(sample.path)!, request));
  if (!samples.some(({ split }) => split === "train")) throw nothingLeft(request.data, listed, reasons);
  const dataset = {
    root,
    layout: "classes",
    classNames: [],
    samples,
    skipped: [...reasons.values()],
    ignored: { hidden: 0, notImages: [] },
    notes: [],
  } as const;
  return { dataset, digests };
}

/** Those whose content no labelled image has: these have a label, or are there to judge by. */
export function notLabelled<Image extends Pick<Sample, "path">>(
  images: readonly Image[],
  digests: ReadonlyMap<string, Digest>,
  labelled: PreparedData,
): readonly Image[] {
  const known = new Set(labelled.dataset.samples.map(({ path: file }) => labelled.digests.get(file)));
  return images.filter(({ path: file }) => !known.has(digests.get(file)));
}

function sampleOf(root: string, file: string): Sample {
  const name = path.relative(root, file).replaceAll("\\", "/");
  return { path: file, name, label: 0, className: "", weight: 1 };
}

function keyed(sample: Sample, digests: ReadonlyMap<string, Digest>): [Digest, Sample][] {
  const digest = digests.get(sample.path);
  return digest === undefined ? [] : [[digest, sample]];
}

function withSplit(
  sample: Sample,
  digest: Digest,
  { validationSplit, seed }: UnlabelledRequest,
): SplitSample {
  return { ...sample, split: splitFraction(seed, digest) < validationSplit ? "validation" : "train" };
}

/** Decodes every picture once, to find those that cannot be. */
async function decodeAll(
  samples: readonly Sample[],
  work: WorkOptions,
  kept: KeptPictures,
): Promise<readonly Skipped[]> {
  const skipped = new Map<string, Skipped>();
  await forEachConcurrently(samples, { ...work, phase: "decode", concurrency: 4 }, async ({ path: file }) => {
    try {
      kept.add(file, await decodeImage(await readFile(file), { path: file }));
    } catch (error) {
      skipped.set(file, { path: file, reason: messageOf(error).replace(`${file}: `, "") });
    }
  });
  return samples.flatMap(({ path: file }) => skipped.get(file) ?? []);
}

function nothingLeft(data: string, found: number, reasons: ReadonlyMap<string, Skipped>): PermafrostError {
  const [first] = reasons.values();
  const example = first === undefined ? "" : ` For example ${first.path}: ${first.reason}.`;
  return new PermafrostError(
    "DATA_EMPTY",
    `${data}: expected images to train on, got none of ${found} files that can be used.${example} permafrost scan shows them.`,
    { details: { path: data, skipped: [...reasons.values()] } },
  );
}
