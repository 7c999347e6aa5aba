import path from "node:path";
import type { Digest } from "../../base/digest.ts";
import type { Dataset, Sample } from "../../data/dataset.ts";
import { assignSplits } from "../../data/split.ts";
import type { RunRecord } from "../../saving/bundleContents.ts";
import { dataDigest } from "./prepareData.ts";

/** Whether images may be those that a classifier was trained on, and divided by its training alone. */
export function mayBeOfTraining(run: RunRecord, place: string, { samples }: Dataset): boolean {
  if (run.data === undefined) return false;
  return isSamePlace(run, place) || samples.every(({ split }) => split === undefined);
}

/**
 * The images with the splits that the training gave them, where they are the images of that training: at the same place, or the same ones
 * elsewhere. Others stay as they are.
 *
 * @param place - Where the images are.
 * @param digests - SHA-256 of each image's bytes by path; images without one are left out.
 */
export function withTrainingSplits(
  opened: Dataset,
  digests: ReadonlyMap<string, Digest>,
  run: RunRecord,
  place: string,
): readonly Sample[] {
  const readable = opened.samples.filter((sample) => digests.has(sample.path));
  if (run.data === undefined) return readable;
  const { validationSplit, splitSeed: seed } = run.data;
  const samples = assignSplits(readable, digests, { validationSplit, seed });
  const isSame =
    isSamePlace(run, place) || dataDigest({ dataset: { ...opened, samples }, digests }) === run.dataDigest;
  return isSame ? samples : readable;
}

function isSamePlace({ data }: RunRecord, place: string): boolean {
  return data !== undefined && path.resolve(data.path) === path.resolve(place);
}
