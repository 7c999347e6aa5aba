import type { InferenceSession } from "onnxruntime-node";
import { PermafrostError } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * Holds what is fed against what the model asks for.
 *
 * @throws PermafrostError FEEDS_MISMATCH naming the input, what it should be and what it was.
 */
export function checkFeeds(session: InferenceSession, feeds: Readonly<Record<string, Tensor>>): void {
  const symbols: SymbolSizes = new Map();
  for (const input of session.inputMetadata) {
    const feed = feeds[input.name];
    if (feed === undefined) {
      throw mismatch(`input ${input.name} is missing; fed: ${Object.keys(feeds).join(", ") || "nothing"}`);
    }
    if (input.isTensor) checkFeed(input, feed, symbols);
  }
  for (const name of Object.keys(feeds)) {
    if (!session.inputNames.includes(name)) {
      throw mismatch(`${name} is not an input; the model asks for ${session.inputNames.join(", ")}`);
    }
  }
}

/** The size that each symbolic dimension ("batch") turned out to have, and the input that said so. */
type SymbolSizes = Map<string, { readonly size: number; readonly input: string }>;

function checkFeed(input: InferenceSession.TensorValueMetadata, feed: Tensor, symbols: SymbolSizes): void {
  const fits =
    feed.dtype === input.type &&
    feed.shape.length === input.shape.length &&
    input.shape.every((dimension, axis) => typeof dimension === "string" || dimension === feed.shape[axis]);
  if (!fits) {
    const expected = `${input.type}[${input.shape.join(", ")}]`;
    throw mismatch(`input ${input.name}: expected ${expected}, got ${feed.dtype}[${feed.shape.join(", ")}]`);
  }
  for (const [axis, dimension] of input.shape.entries()) {
    if (typeof dimension !== "string" || dimension === "") continue;
    const size = feed.shape[axis]!;
    const seen = symbols.get(dimension);
    if (seen !== undefined && seen.size !== size) {
      throw mismatch(`input ${input.name}: ${dimension} is ${size}, but ${seen.size} in input ${seen.input}`);
    }
    symbols.set(dimension, { size, input: input.name });
  }
}

function mismatch(text: string): PermafrostError {
  return new PermafrostError("FEEDS_MISMATCH", `${text}.`);
}
