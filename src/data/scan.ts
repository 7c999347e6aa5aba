import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { sha256 } from "../base/digest.ts";
import { messageOf, PermafrostError } from "../base/errors.ts";
import type { WorkOptions } from "../base/progress.ts";
import { decodeImage } from "../images/decode.ts";
import { type ImageFacts, inspectImage } from "../images/inspect.ts";
import { Resampler } from "../images/resize.ts";
import { forEachConcurrently } from "./concurrency.ts";
import type { Dataset, Sample, Skipped } from "./dataset.ts";
import { readFailure } from "./digests.ts";
import { duplicateFindings, type SeenImage } from "./duplicates.ts";
import { fingerprint } from "./fingerprint.ts";
import { imageFindings } from "./imageFindings.ts";
import { layoutFindings } from "./layoutFindings.ts";
import { openDataset } from "./openDataset.ts";
import type { ClassCounts, ScanReport, Severity, Spread } from "./scanReport.ts";

export { renderScan } from "./renderScan.ts";

export interface ScanOptions extends WorkOptions {
  /** How many images are decoded at once (default: one a core). */
  readonly concurrency?: number;
}

/** A readable image with all that the findings are made from. */
interface ScannedImage extends SeenImage {
  readonly name: string;
  readonly facts: ImageFacts;
}

/**
 * Looks at every image of a data set, pixels included, and says what is in it: classes, formats, sizes, unreadable and
 * odd files, duplicates and leaks. Nothing is changed. Time is that of decoding every image once.
 *
 * @throws PermafrostError what `openDataset` throws where no list of samples can be made; INTERRUPTED.
 */
export async function scanDataset(folderOrManifest: string, options: ScanOptions = {}): Promise<ScanReport> {
  const dataset = await openDataset(folderOrManifest, { allowProblems: true });
  const { images, unreadable, bytes } = await scanImages(dataset.samples, options);
  const findings = [
    ...layoutFindings(dataset, unreadable),
    ...duplicateFindings(images),
    ...imageFindings(images),
  ].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  return {
    root: dataset.root,
    layout: dataset.layout,
    images: dataset.samples.length,
    unreadable: unreadable.length,
    bytes,
    classes: countClasses(dataset),
    formats: countFormats(images),
    width: spread(images.map(({ facts }) => facts.width)),
    height: spread(images.map(({ facts }) => facts.height)),
    hidden: dataset.ignored.hidden,
    findings,
  };
}

const severities: readonly Severity[] = ["error", "warning", "note"];

async function scanImages(samples: readonly Sample[], options: ScanOptions) {
  const images = new Array<ScannedImage | undefined>(samples.length);
  const problems = new Array<Skipped | undefined>(samples.length);
  const resampler = new Resampler();
  let total = 0;
  const work = { ...options, phase: "scan", concurrency: options.concurrency ?? availableParallelism() };
  await forEachConcurrently(samples, work, async (sample, index) => {
    try {
      const { image, bytes } = await scanImage(sample, resampler);
      images[index] = image;
      total += bytes;
    } catch (error) {
      problems[index] = { path: sample.path, reason: reasonOf(error) };
    }
  });
  const unreadable = problems.filter((problem) => problem !== undefined);
  return { images: images.filter((image) => image !== undefined), unreadable, bytes: total };
}

async function scanImage(
  sample: Sample,
  resampler: Resampler,
): Promise<{ image: ScannedImage; bytes: number }> {
  const bytes = await readFile(sample.path);
  const facts = await inspectImage(bytes, sample.path);
  const pixels = await decodeImage(bytes, { path: sample.path });
  const seen = { sample, name: sample.name, facts, digest: sha256(bytes) };
  return { image: { ...seen, fingerprint: fingerprint(pixels, resampler) }, bytes: bytes.length };
}

/** Why an image could not be read, without the path and the advice of the full message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof PermafrostError)) return readFailure(error);
  const found = error.details["found"];
  return typeof found === "string" ? found : messageOf(error);
}

function countClasses({ classNames, samples }: Dataset): ClassCounts[] {
  const counts = classNames.map((className) => ({
    className,
    total: 0,
    splits: { train: 0, validation: 0, test: 0, open: 0 },
  }));
  for (const { label, split } of samples) {
    const count = counts[label]!;
    count.total++;
    count.splits[split ?? "open"]++;
  }
  return counts;
}

function countFormats(images: readonly ScannedImage[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { facts } of images) counts[facts.format] = (counts[facts.format] ?? 0) + 1;
  return counts;
}

function spread(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length === 0) return null;
  return { min: sorted[0]!, median: sorted[(sorted.length - 1) >> 1]!, max: sorted.at(-1)! };
}
