import { expect, test } from "vitest";
import { reviewSentence } from "./reviewSentence.ts";

const image = (className: string, split: "train" | "test") => ({ name: "1.jpg", className, split });

test("says what was found, and of copies what is wrong with them", () => {
  const copies = [
    { similarity: 1, images: [image("cats", "train"), image("dogs", "test")] },
    { similarity: 0.9, images: [image("cats", "train"), image("cats", "train")] },
  ];
  expect(reviewSentence({ images: 1200, issues: [], copies, outliers: [] })).toBe(
    "Of 1,200 images, 2 pictures are there more than once (1 across splits, 1 under two classes).",
  );
  expect(reviewSentence({ images: 1, issues: [], copies: [], outliers: [] })).toBe(
    "Nothing odd was found in 1 image.",
  );
  const outliers = [{ ...image("cats", "train"), deviations: 5 }];
  expect(reviewSentence({ images: 9, issues: [], copies: [], outliers })).toBe(
    "Of 9 images, 1 image looks like no other.",
  );
});
