import { type ComparisonRecipe, threadMethods } from "./comparisonRecipe.ts";

export const thread: ComparisonRecipe = {
  name: "thread",
  summary:
    "Why the book's two ways differ: variants of an image, the freeze that leaked, wrong preprocessing; with the proof that both compute the same.",
  methods: threadMethods,
};
