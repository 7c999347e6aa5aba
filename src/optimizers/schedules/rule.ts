import { PermafrostError } from "../../base/errors.ts";

/** How a kind of schedule gives a rate. Pure functions: a resumed run goes on exactly. */
export interface ScheduleRule<Schedule> {
  /** The rate after so many steps. @param step - Counted from 0. */
  at(schedule: Schedule, step: number): number;
  /** What is wrong with the schedule, in words; empty if nothing is. */
  faults(schedule: Schedule): readonly string[];
}

/** The parts of a check: each gives a fault or nothing. */
export const expect = {
  /** 0 or more, finite. */
  rate: (name: string, value: number) =>
    fault(value >= 0 && Number.isFinite(value), name, "0 or more", value),
  positive: (name: string, value: number) =>
    fault(value > 0 && Number.isFinite(value), name, "a number above 0", value),
  steps: (name: string, value: number, least = 1) =>
    fault(Number.isInteger(value) && value >= least, name, `a whole number of at least ${least}`, value),
  share: (name: string, value: number) => fault(value >= 0 && value <= 1, name, "0 to 1", value),
} as const;

/** @throws PermafrostError INVALID_ARGUMENT naming everything that is wrong. */
export function checkSchedule<Schedule extends { readonly kind: string }>(
  what: string,
  schedule: Schedule,
  rule: ScheduleRule<Schedule>,
): void {
  const faults = rule.faults(schedule);
  if (faults.length === 0) return;
  throw new PermafrostError("INVALID_ARGUMENT", `${what}: ${schedule.kind}: ${faults.join("; ")}.`);
}

function fault(holds: boolean, name: string, expected: string, value: number): readonly string[] {
  return holds ? [] : [`${name}: expected ${expected}, got ${value}`];
}
