import type { BaseNetwork } from "../../applications/index.ts";
import { type FeatureGroup, groupDigest } from "../../features/key.ts";
import { type MeasuredRate, readRates, saveRate } from "../../features/measuredRates.ts";
import type { Graph } from "../../graph/graph.ts";

/** What is known of a base network's speed, and how. */
export interface BaseRate extends MeasuredRate {
  /** "run": of an earlier run, decoding and writing included. "trial": of the network alone, tried for half a second. */
  readonly source: "run" | "trial";
}

/** Views a second of a frozen prefix on this machine: remembered, else tried now and remembered. */
export async function baseRate(
  store: string,
  group: FeatureGroup,
  prefix: Graph,
  { application, preprocessing, cut }: Pick<BaseNetwork, "application" | "preprocessing" | "cut">,
): Promise<BaseRate> {
  const digest = groupDigest(group);
  const known = (await readRates(store)).get(digest);
  if (known !== undefined) return { ...known, source: known.isTrial === true ? "trial" : "run" };
  // Loaded only here: a plan that knows the rate already needs no engine.
  const { tryRate } = await import("./tryRate.ts");
  const viewsPerSecond = await tryRate(prefix);
  // Of a part of a network, the rate is not the network's.
  const about = cut === undefined ? { base: application.commandName, size: preprocessing.height } : {};
  await saveRate(store, digest, { viewsPerSecond, isTrial: true, ...about });
  return { viewsPerSecond, source: "trial" };
}
