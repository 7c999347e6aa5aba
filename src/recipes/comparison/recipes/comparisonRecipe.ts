import type { ComparisonRequest } from "../comparisonRequest.ts";

/** A comparison whose methods, and perhaps settings, are given. */
export interface ComparisonRecipe {
  readonly name: string;
  /** What it answers, in one sentence. */
  readonly summary: string;
  readonly methods: string;
  /** What takes the place of the request's own settings. */
  settings?(request: ComparisonRequest): Partial<ComparisonRequest>;
}

/** The ways of the book with what people asked about them: the variants of an image, the freeze that leaked, the preprocessing. */
export const threadMethods =
  "fast,pool:5,pool:30,fresh,leaking-freeze+plain,leaking-freeze,fast+rescale,fresh+rescale,leaking-freeze+plain+rescale,leaking-freeze+rescale";
