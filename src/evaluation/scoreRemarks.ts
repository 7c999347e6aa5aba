import type { ClassificationScores, ClassScores } from "./scores.ts";

/** Below this many images of a class its numbers say little. */
const fewImages = 10;

type Counted = Pick<ClassScores, "className" | "support">;

/** What makes the scores of a classifier doubtful, in sentences. */
export function scoreRemarks({
  confusion,
  perClass,
}: Pick<ClassificationScores, "confusion" | "perClass">): string[] {
  return classRemarks(
    perClass.map((_, label) => confusion.reduce((sum, row) => sum + row[label]!, 0)),
    perClass,
  );
}

/** @param called - How many images were called each class. */
export function classRemarks(called: ArrayLike<number>, rows: readonly Counted[]): string[] {
  return [...sameAnswer(called, rows), ...supportRemarks(rows, "class")];
}

/** Worth a word where there was something to tell apart. */
function sameAnswer(called: ArrayLike<number>, rows: readonly Counted[]): string[] {
  const said = rows.filter((_, label) => called[label]! > 0);
  const present = rows.filter(({ support }) => support > 0);
  if (present.length < 2 || said.length !== 1) return [];
  return [
    `Every image was called ${JSON.stringify(said[0]!.className)}: the classifier tells nothing apart at its usual threshold.`,
  ];
}

/** What makes the numbers of classes or labels doubtful. */
export function supportRemarks(rows: readonly Counted[], kind: "class" | "label"): string[] {
  const few = rows.filter(({ support }) => support > 0 && support < fewImages);
  const missing = rows.filter(({ support }) => support === 0);
  const names = (some: readonly Counted[]) =>
    some.map(({ className }) => JSON.stringify(className)).join(", ");
  const these = kind === "class" ? "these classes" : "these labels";
  return [
    ...(missing.length === 0
      ? []
      : [
          `No image of ${names(missing)}: nothing can be said of ${missing.length === 1 ? `this ${kind}` : these}.`,
        ]),
    ...(few.length === 0
      ? []
      : [
          `Fewer than ${fewImages} images of ${names(few)}: the intervals are wide, and a single image changes the numbers.`,
        ]),
  ];
}
