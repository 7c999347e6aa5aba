import { PermafrostError } from "../../base/errors.ts";
import type { Random } from "../../base/random.ts";

/** The values of one setting. */
export interface Axis<Value> {
  /** Those that a grid has. */
  readonly values: readonly Value[];
  /** One of them, or any number of a range. */
  draw(random: Random): Value;
}

/** `a,b,c`. @throws PermafrostError INVALID_ARGUMENT naming the option. */
export function listAxis(option: string, text: string): Axis<string> {
  const values = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (values.length > 0) return fixed(values);
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${option}: expected one or more values separated by commas, got none.`,
  );
}

/**
 * `1e-4,1e-3`, or a range `1e-5..1e-2`; both may be mixed.
 *
 * @param from - Whether 0 itself is a value.
 * @throws PermafrostError INVALID_ARGUMENT naming the option.
 */
export function numberAxis(option: string, text: string, from: "0" | "above 0"): Axis<number> {
  const parts = listAxis(option, text).values.map((part) => part.split("..").map(Number));
  for (const part of parts) {
    const [low = Number.NaN, high = low] = part;
    const isRange = part.length === 2 && low > 0 && high > low;
    const isNumber = part.length === 1 && (from === "0" ? low >= 0 : low > 0);
    if ((isRange || isNumber) && Number.isFinite(high)) continue;
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${option} ${text}: expected numbers ${from === "0" ? "from 0 up" : from} separated by commas, or a range such as 1e-5..1e-2, got ${JSON.stringify(part.join(".."))}.`,
    );
  }
  return {
    values: parts.flatMap(([low, high]) => (high === undefined ? [low!] : stepsBetween(low!, high))),
    draw(random) {
      const [low, high] = parts[random.integer(parts.length)]!;
      if (high === undefined) return low!;
      return Number(Math.exp(random.uniform(Math.log(low!), Math.log(high))).toPrecision(2));
    },
  };
}

function fixed<Value>(values: readonly Value[]): Axis<Value> {
  return { values, draw: (random) => values[random.integer(values.length)]! };
}

/** Both ends, and between them steps of about half a power of ten. */
function stepsBetween(low: number, high: number): readonly number[] {
  const steps = Math.max(1, Math.round(2 * Math.log10(high / low)));
  return Array.from({ length: steps + 1 }, (_, step) =>
    Number((low * (high / low) ** (step / steps)).toPrecision(2)),
  );
}
