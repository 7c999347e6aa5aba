import { type Initializer, type InitializerIdentifier, initializers } from "../layers/initializers.ts";

export type { Initializer, InitializerIdentifier };

export interface SeedOptions {
  /** Default: from the model's seed and the weight's name. */
  readonly seed?: number;
}

/** A named initializer of Keras with other settings. */
function named(name: string, settings: object = {}): Initializer {
  // Settings are options of that very kind, by the types of the functions below.
  return { ...initializers[name], ...settings } as Initializer;
}

export const zeros = (): Initializer => named("zeros");
export const ones = (): Initializer => named("ones");
export const constant = (options: { readonly value?: number } = {}): Initializer =>
  named("constant", options);

/** Even between `minval` (-0.05) and `maxval` (0.05). */
export const randomUniform = (
  options: SeedOptions & { readonly minval?: number; readonly maxval?: number } = {},
): Initializer => named("randomUniform", options);

/** Normal with `mean` (0) and `stddev` (0.05). */
export const randomNormal = (
  options: SeedOptions & { readonly mean?: number; readonly stddev?: number } = {},
): Initializer => named("randomNormal", options);

/** As randomNormal; numbers beyond two deviations are drawn again. */
export const truncatedNormal = (
  options: SeedOptions & { readonly mean?: number; readonly stddev?: number } = {},
): Initializer => named("truncatedNormal", options);

export const glorotUniform = (options: SeedOptions = {}): Initializer => named("glorotUniform", options);
export const glorotNormal = (options: SeedOptions = {}): Initializer => named("glorotNormal", options);
export const heUniform = (options: SeedOptions = {}): Initializer => named("heUniform", options);
export const heNormal = (options: SeedOptions = {}): Initializer => named("heNormal", options);
export const lecunUniform = (options: SeedOptions = {}): Initializer => named("lecunUniform", options);
export const lecunNormal = (options: SeedOptions = {}): Initializer => named("lecunNormal", options);

/** `gain` (1) on the diagonal of a matrix, 0 elsewhere. */
export const identity = (options: { readonly gain?: number } = {}): Initializer => named("identity", options);

/** Rows or columns of length `gain` (1) at right angles to each other. */
export const orthogonal = (options: SeedOptions & { readonly gain?: number } = {}): Initializer =>
  named("orthogonal", options);

/** Spread of `scale` (1) over a weight's inputs, outputs or their mean. `distribution` defaults to "truncatedNormal", `mode` to "fanIn". */
export const varianceScaling = (
  options: SeedOptions & {
    readonly scale?: number;
    readonly mode?: "fanIn" | "fanOut" | "fanAvg";
    readonly distribution?: "uniform" | "normal" | "truncatedNormal";
  } = {},
): Initializer => named("varianceScaling", options);
