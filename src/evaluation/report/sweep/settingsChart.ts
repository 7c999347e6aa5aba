import type { SweepCandidate, SweepReport } from "../../sweep/sweepReport.ts";
import { variedSettings } from "../../sweep/variedSettings.ts";
import { plural } from "../format.ts";
import type { Axis } from "../page/axis.ts";
import type { Coordinates } from "../page/coordinates.ts";

const titles = {
  head: "head",
  optimizer: "optimizer",
  learningRate: "learning rate",
  augment: "augmentation",
  cut: "cut",
} as const;

/** An axis, and where on it a candidate is. */
interface Setting {
  readonly axis: Axis;
  placeOf(candidate: SweepCandidate): number;
}

/** Candidates as lines through their settings to their accuracy; undefined where nothing varies. */
export function settingsChart({ candidates }: SweepReport): Coordinates | undefined {
  const drawn = candidates.filter(({ failure }) => failure === undefined);
  const names = variedSettings(drawn);
  if (names.length === 0 || drawn.length < 2) return undefined;
  const settings: readonly Setting[] = [
    ...names.map((name) => (name === "learningRate" ? rateSetting : namedSetting(drawn, name))),
    { axis: { title: "accuracy", unit: "percent" }, placeOf: ({ accuracy }) => accuracy },
  ];
  return {
    kind: "coordinates",
    title: "Settings and accuracy",
    summary: `${plural(drawn.length, "candidate")} by ${names.map((name) => titles[name]).join(", ")} and accuracy; the table below has the numbers.`,
    axes: settings.map(({ axis }) => axis),
    emphasis: { strong: "cannot be told from the best", plain: plainMeaning(drawn) },
    lines: drawn.map((candidate) => ({
      values: settings.map((setting) => setting.placeOf(candidate)),
      isStrong: candidate.fromBest?.isNoise === true,
    })),
  };
}

/** What a line or a point that is not strong stands for. */
export function plainMeaning(candidates: readonly SweepCandidate[]): string {
  return candidates.some(({ fromBest }) => fromBest === undefined) ? "worse, or stopped early" : "worse";
}

const rateSetting: Setting = {
  axis: { title: titles.learningRate, scale: "log" },
  placeOf: ({ settings }) => settings.learningRate,
};

function namedSetting(
  candidates: readonly SweepCandidate[],
  name: "head" | "optimizer" | "augment" | "cut",
): Setting {
  const settingOf = ({ settings }: SweepCandidate) => settings[name] ?? "end";
  const names = [...new Set(candidates.map(settingOf))];
  return {
    axis: { title: titles[name], scale: "category", names },
    placeOf: (candidate) => names.indexOf(settingOf(candidate)),
  };
}
