import { hundredths } from "../../base/hundredths.ts";

const thinSpace = "\u202f";

/** `94.3 %`; one decimal, and never "100.0 %" for anything less. */
export function percent(share: number): string {
  const rounded = hundredths(share);
  const shown = rounded === "100.0" && share < 1 ? "99.9" : rounded === "0.0" && share > 0 ? "0.1" : rounded;
  return `${shown}${thinSpace}%`;
}

/** `1,234`; sums of weights keep one decimal. */
export function count(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 1 });
}

/** `1 picture`, `2 pictures`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** `0.21 s`, `12.3 s`, `4 min 05 s`, `48 min`, `2 h 03 min`. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < 600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** A difference of shares in hundredths: `-1.2`. */
export function points(share: number): string {
  return hundredths(share);
}

/** With true minus signs, for tables and charts. */
export function withMinus(text: string): string {
  return text.replaceAll("-", "\u2212");
}

/** A loss or another number without a natural unit: four significant digits. */
export function decimal(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 1e4 || (value !== 0 && Math.abs(value) < 1e-3)
    ? value.toExponential(2)
    : String(Number(value.toPrecision(4)));
}
