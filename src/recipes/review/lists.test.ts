import { expect, test } from "vitest";
import { listsFor } from "./lists.ts";

test("commands keep paths with blanks in one word", () => {
  const [relabel] = listsFor({ data: "my photos", out: "the review" });
  expect(relabel!.use).toBe("permafrost train 'my photos' --relabel 'the review/relabel.csv'");
});
