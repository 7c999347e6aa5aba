import type { Digest } from "../../base/digest.ts";
import type { WorkOptions } from "../../base/progress.ts";
import { digestSamples } from "../../data/digests.ts";
import { openDataset } from "../../data/openDataset.ts";
import { digestCacheFile } from "./prepareData.ts";

/** SHA-256 of every image of a data set, each once. @param store - Where digests are remembered. */
export async function imageDigests(
  data: string,
  store: string,
  work: WorkOptions,
): Promise<readonly Digest[]> {
  const { samples } = await openDataset(data);
  const { digests } = await digestSamples(samples, { ...work, cacheFile: digestCacheFile(store) });
  return [...new Set(digests.values())];
}
