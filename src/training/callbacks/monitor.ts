import { PermafrostError } from "../../base/errors.ts";
import type { Logs } from "../measuring/logs.ts";
import type { TrainingControl } from "./callback.ts";

/** Whether smaller or larger values are better; "auto": by the name of what is watched. */
export type MonitorMode = "auto" | "min" | "max";

/** Watches one measurement for a callback: finds it in the logs and tells whether it has become better. */
export class Monitor {
  /** The best value so far, kept by the callback. */
  best: number | undefined;
  readonly name: string;
  readonly #callback: string;
  readonly #minDelta: number;
  readonly #sign: 1 | -1;

  /**
   * @param callback - Name of the callback, for messages.
   * @param name - Of the measurement: "val_loss".
   * @param minDelta - Least change that counts as better.
   * @throws PermafrostError INVALID_ARGUMENT when the mode is "auto" and the name does not tell.
   */
  constructor(callback: string, name: string, mode: MonitorMode = "auto", minDelta = 0) {
    this.name = name;
    this.#callback = callback;
    this.#minDelta = Math.abs(minDelta);
    this.#sign = isLargerBetter(callback, name, mode) ? -1 : 1;
  }

  /**
   * @returns undefined after an epoch without validation where `validationFreq` leaves some out.
   * @throws PermafrostError INVALID_ARGUMENT listing what is measured.
   */
  value(logs: Logs, { params }: TrainingControl): number | undefined {
    const value = logs[this.name];
    const isValidation = this.name.startsWith("val_");
    if (value !== undefined || (isValidation && (params.validationFreq ?? 1) > 1)) return value;
    const hint = isValidation ? " Give fit validationData or a validationSplit." : "";
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${this.#callback}: ${this.name} is not measured; there is ${Object.keys(logs).join(", ")}.${hint}`,
    );
  }

  /** @param best - Left out: anything is better. */
  isBetter(value: number, best: number | undefined): boolean {
    if (best === undefined) return true;
    return (value + this.#sign * this.#minDelta) * this.#sign < best * this.#sign;
  }

  /** The best value as JSON can hold it, which has neither NaN nor infinity. */
  get state(): string | null {
    return this.best === undefined ? null : `${this.best}`;
  }

  set state(best: unknown) {
    this.best = typeof best === "string" ? Number(best) : undefined;
  }
}

function isLargerBetter(callback: string, monitor: string, mode: MonitorMode): boolean {
  if (mode !== "auto") return mode === "max";
  const name = monitor.replace(/^val_/, "");
  if (/loss|error|entropy|divergence|poisson|hinge|logcosh|mse|mae|mape|msle/.test(name)) return false;
  if (/acc|auc|precision|recall|f1|fbeta|iou|similarity|r2/.test(name)) return true;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${callback}: expected to know whether larger or smaller ${monitor} is better. Say mode: "min" or "max".`,
  );
}
