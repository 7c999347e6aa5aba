import { expect, it } from "vitest";
import { compareCodePoints } from "./codePoints.ts";

it("orders capitals before small letters and digits by character, as Python does", () => {
  const names = ["cats", "Zebra", "cat.2", "cat.10", "cat.1", "", "é", "z"];
  expect(names.sort(compareCodePoints)).toEqual(["", "Zebra", "cat.1", "cat.10", "cat.2", "cats", "z", "é"]);
});

it("puts characters outside the basic plane last", () => {
  expect(["😀", "\uff21", "a"].sort(compareCodePoints)).toEqual(["a", "\uff21", "😀"]);
});
