import type { Digest } from "../../base/digest.ts";
import { batchOrder } from "../../data/batches.ts";
import type { Sample } from "../../data/dataset.ts";
import type { ExtractionSummary } from "../../features/extract.ts";
import { extractFeatures } from "../../features/extract.ts";
import { FeatureStream } from "../../features/featureStream.ts";
import type { FeatureTable } from "../../features/featureTable.ts";
import type { ViewDraws } from "../../features/viewDraws.ts";
import type { View } from "../../features/views.ts";
import type { BatchSource } from "../../training/samples/batchSource.ts";
import { isEndless } from "../request/augmentation.ts";
import { type ImageFeatureOptions, workersFor } from "./imageFeatures.ts";

/** Images known by their content. */
export interface KnownImages {
  readonly samples: readonly Pick<Sample, "path">[];
  readonly digests: ReadonlyMap<string, Digest>;
}

/** In which order training asks for its samples; see `batchOrder`. */
export interface TrainingOrder {
  /** Number of the epoch at which training ends. */
  readonly epochs: number;
  /** Default 0. */
  readonly firstEpoch?: number;
  readonly batchSize: number;
  readonly seed: number;
}

/** Epochs whose views share their decoded pictures: more would save little and keep training waiting. */
const mostTogether = 8;

/** The features of training images under their draws. */
export interface DrawnFeatures {
  /** The samples, another view of each in every epoch. */
  readonly source: BatchSource;
  summary(): ExtractionSummary;
  close(): Promise<void>;
}

/**
 * Features of the views that a training will see. With fresh draws they are computed while it runs, in the order in which it
 * asks for them; a limited number of views is computed before.
 */
export async function drawnFeatures(
  images: KnownImages,
  draws: ViewDraws,
  order: TrainingOrder,
  { workers, ...options }: ImageFeatureOptions,
): Promise<DrawnFeatures> {
  const extraction = {
    ...options,
    draws: draws.settings,
    workers: workersFor(images.samples.length, workers),
  };
  // Training need not wait for views that have no end.
  if (isEndless(draws)) {
    const views = viewsInTrainingOrder(images, draws, order);
    const stream = await FeatureStream.open({ ...extraction, views });
    return {
      source: drawnSource(stream, images, draws),
      summary: () => stream.summary(),
      close: () => stream.close(),
    };
  }
  const views = distinctViewsOf(images, draws, order.epochs);
  const { table, ...summary } = await extractFeatures({ ...extraction, views });
  return {
    source: drawnSource(table, images, draws),
    summary: () => summary,
    close: () => Promise.resolve(table.close()),
  };
}

/** Image by image, which lets one decoded picture serve all its draws. */
export function* distinctViewsOf(
  { samples, digests }: KnownImages,
  draws: ViewDraws,
  epochs: number,
): Generator<View> {
  for (const { path } of samples) {
    const image = digests.get(path)!;
    for (const draw of draws.upTo(image, epochs)) yield { path, image, draw };
  }
}

/** What training sees in one epoch. */
export function* viewsOfEpoch(
  { samples, digests }: KnownImages,
  draws: ViewDraws,
  epoch: number,
): Generator<View> {
  for (const { path } of samples) {
    const image = digests.get(path)!;
    yield { path, image, draw: draws.of(image, epoch) };
  }
}

/**
 * About in the order in which training asks for them. Epochs are taken together, at first one, then two, four and eight, image by
 * image, so that one decoded picture serves all their draws; a training that ends early has computed at most as much again as it
 * has seen.
 */
export function* viewsInTrainingOrder(
  { samples, digests }: KnownImages,
  draws: ViewDraws,
  { epochs, firstEpoch = 0, batchSize, seed }: TrainingOrder,
): Generator<View> {
  let together = 1;
  for (let epoch = firstEpoch; epoch < epochs; ) {
    const end = Math.min(epochs, epoch + together);
    for (const indices of batchOrder(samples.length, { batchSize, seed, epoch, shuffle: true })) {
      for (const index of indices) {
        const { path } = samples[index]!;
        const image = digests.get(path)!;
        for (let each = epoch; each < end; each++) yield { path, image, draw: draws.of(image, each) };
      }
    }
    epoch = end;
    together = Math.min(mostTogether, 2 * together);
  }
}

function drawnSource(
  features: FeatureTable | FeatureStream,
  { samples, digests }: KnownImages,
  draws: ViewDraws,
): BatchSource {
  const forEpoch = (epoch: number): BatchSource => {
    const rows = Int32Array.from(samples, ({ path }) => {
      const image = digests.get(path)!;
      return features.indexOf(image, draws.of(image, epoch)?.digest) ?? -1;
    });
    return {
      samples: samples.length,
      shape: features.rowShape,
      read: (indices, into) =>
        features.read(
          Array.from(indices, (index) => rows[index]!),
          into,
        ),
    };
  };
  return { ...forEpoch(0), forEpoch };
}
