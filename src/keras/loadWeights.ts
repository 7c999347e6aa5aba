import { type LoadedWeights, type LoadWeightsOptions, loadWeights } from "../modelFiles/loadWeights.ts";
import type { Model } from "../models/functional.ts";

export type { LoadedWeights };

export interface ModelLoadWeightsOptions extends LoadWeightsOptions {
  /** Where what was passed over is told. Default: process.stderr. */
  readonly stream?: { write(text: string): unknown };
  /** 0: tells nothing. Default 1. */
  readonly verbose?: 0 | 1;
}

const shown = 5;

/** Loads weights, and tells what `skipMismatch` has passed over: the number and the first ones. */
export async function loadModelWeights(
  model: Model,
  file: string,
  { stream = process.stderr, verbose = 1, ...options }: ModelLoadWeightsOptions = {},
): Promise<LoadedWeights> {
  const result = await loadWeights(model, file, options);
  const { loaded, skipped } = result;
  if (skipped.length === 0 || verbose === 0) return result;
  const lines = skipped.slice(0, shown).map(({ layer, reason }) => `  ${layer}: ${reason}`);
  const more = skipped.length > shown ? [`  and ${skipped.length - shown} more`] : [];
  const head = `${file}: ${loaded} weights loaded, ${skipped.length} passed over:`;
  stream.write(`${[head, ...lines, ...more].join("\n")}\n`);
  return result;
}
