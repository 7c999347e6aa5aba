import type { ReviewReport } from "./reviewReport.ts";

/** Whether copies of one picture are in several splits. */
export function isLeak({ images }: ReviewReport["copies"][number]): boolean {
  return new Set(images.map(({ split }) => split)).size > 1;
}

/** Whether copies of one picture have different labels, of which one at most is right. */
export function isContradiction({ images }: ReviewReport["copies"][number]): boolean {
  return new Set(images.map(({ className }) => className)).size > 1;
}
