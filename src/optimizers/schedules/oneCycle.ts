import { cosineWave } from "./cosineDecay.ts";
import { expect, type ScheduleRule } from "./rule.ts";

/** Up to the largest rate and down to almost nothing, once (PyTorch's OneCycleLR). */
export interface OneCycle {
  readonly kind: "oneCycle";
  readonly maxLearningRate: number;
  /** Steps of the whole cycle; the rate stays at its end afterwards. */
  readonly totalSteps: number;
  /** Share of the steps on the way up. */
  readonly pctStart: number;
  readonly annealStrategy: "cos" | "linear";
  /** The rate begins at maxLearningRate / divFactor ... */
  readonly divFactor: number;
  /** ... and ends at this part of where it began: maxLearningRate / divFactor / finalDivFactor. */
  readonly finalDivFactor: number;
  /** Come down to where it began in as many steps as it took up, then fall to the end. */
  readonly threePhase: boolean;
}

/**
 * The 1cycle policy (Smith and Topin 2018) with PyTorch's definition and defaults: 30 % of the steps up, along cosines,
 * divFactor 25, finalDivFactor 1e4, two phases. The rate alone: momentum stays as it is (`cycle_momentum=False`).
 *
 * @example adam({ learningRate: oneCycle({ maxLearningRate: 3e-3, totalSteps: 2000 }) })
 */
export function oneCycle(
  options: Pick<OneCycle, "maxLearningRate" | "totalSteps"> & Partial<OneCycle>,
): OneCycle {
  return {
    pctStart: 0.3,
    annealStrategy: "cos",
    divFactor: 25,
    finalDivFactor: 1e4,
    threePhase: false,
    ...options,
    kind: "oneCycle",
  };
}

export const oneCycleRule: ScheduleRule<OneCycle> = {
  at(schedule, step) {
    const { annealStrategy } = schedule;
    const place = Math.min(step, schedule.totalSteps - 1);
    let start = 0;
    for (const { end, from, to } of phasesOf(schedule)) {
      if (place <= end || end >= schedule.totalSteps - 1) {
        const done = (place - start) / (end - start);
        const left = annealStrategy === "cos" ? cosineWave(done) : 1 - done;
        return to + (from - to) * left;
      }
      start = end;
    }
    return schedule.maxLearningRate;
  },
  faults: ({ maxLearningRate, totalSteps, pctStart, annealStrategy, divFactor, finalDivFactor }) => [
    ...expect.positive("maxLearningRate", maxLearningRate),
    ...expect.steps("totalSteps", totalSteps, 2),
    ...expect.share("pctStart", pctStart),
    ...expect.positive("divFactor", divFactor),
    ...expect.positive("finalDivFactor", finalDivFactor),
    ...(annealStrategy === "cos" || annealStrategy === "linear"
      ? []
      : [`annealStrategy: expected cos or linear, got ${JSON.stringify(annealStrategy)}`]),
  ],
};

interface CyclePhase {
  /** The step with which it ends. */
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

function phasesOf(schedule: OneCycle): readonly CyclePhase[] {
  const { maxLearningRate: top, totalSteps, pctStart, divFactor, finalDivFactor, threePhase } = schedule;
  const bottom = top / divFactor;
  const least = bottom / finalDivFactor;
  const up = { end: pctStart * totalSteps - 1, from: bottom, to: top };
  const last = totalSteps - 1;
  if (!threePhase) return [up, { end: last, from: top, to: least }];
  return [
    up,
    { end: 2 * pctStart * totalSteps - 2, from: top, to: bottom },
    { end: last, from: bottom, to: least },
  ];
}
