import type { Split } from "../../data/dataset.ts";

/** How far numbers of a split can be believed. "all": whatever is in a folder. */
export function caution(split: Split | "all"): string {
  if (split === "test") return "The test pictures took no part in training or in any choice.";
  if (split === "validation") {
    return "Validation pictures may have guided choices such as when to stop, so this may be a little too good; a separate test split judges more strictly.";
  }
  if (split === "all") return "Pictures it was trained on may be among them.";
  return "This says nothing about new pictures: hold some back with a validation or test split.";
}
