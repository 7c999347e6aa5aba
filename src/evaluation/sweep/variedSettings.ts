import type { SweepCandidate } from "./sweepReport.ts";

/** The settings that differ between candidates, by name. */
export function variedSettings(
  candidates: readonly SweepCandidate[],
): readonly (keyof SweepCandidate["settings"])[] {
  const names = ["head", "optimizer", "learningRate", "augment", "cut"] as const;
  return names.filter((name) => new Set(candidates.map(({ settings }) => settings[name])).size > 1);
}
