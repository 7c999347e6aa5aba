import type { PlacedAxis } from "./axis.ts";

/** A place in pixels: a tenth of one is more than anybody sees. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** @param most - Characters that there is room for. */
export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** Every second, third, ... tick, so that at most so many are left. */
export function thinnedTicks({ ticks }: PlacedAxis, most: number): PlacedAxis["ticks"] {
  const every = Math.ceil(ticks.length / most);
  return ticks.filter((_, at) => at % every === 0);
}
