import { groupDigest, keyBytes } from "../../features/key.ts";
import { keepWhere, readRates } from "../../features/measuredRates.ts";
import { checksumBytes, rowBytes, rowFormat } from "../../features/packFormat.ts";
import { featureGroup } from "../../features/prefixGroup.ts";
import type { ViewDraws } from "../../features/viewDraws.ts";
import { countViews, seenDraws } from "../data/viewCounts.ts";
import type { ImageFeatureOptions } from "../features/imageFeatures.ts";
import type { HeadTraining } from "./headTraining.ts";

export { keptInMemory } from "../../features/measuredRates.ts";

/** Whether new features go to disk, by what earlier runs have measured. */
export async function keepFeatures(
  { store, found, request }: Pick<HeadTraining, "store" | "found" | "request">,
  options: Pick<ImageFeatureOptions, "prefix" | "preprocessing" | "storeDtype" | "numericsClass">,
  draws: ViewDraws | undefined,
): Promise<"store" | "memory"> {
  const group = featureGroup(options, options.numericsClass);
  const rate = (await readRates(store.folder)).get(groupDigest(group));
  if (rate?.bytesPerSecond === undefined) return "store";
  const views = Object.values(countViews(found, seenDraws(draws, request.epochs))).reduce((a, b) => a + b, 0);
  return keepWhere(rate, rowBytes(rowFormat(group)) + keyBytes + checksumBytes, views);
}
