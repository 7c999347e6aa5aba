import type { Split } from "./dataset.ts";
import { splitNamed } from "./layout.ts";
import { quote } from "./problems.ts";

/**
 * What every table of images may say beside a path: empty means no split and weight 1.
 *
 * @param fail - Makes the error, with the table's name and the row's line.
 */
export function splitAndWeight(
  row: { readonly split: string; readonly weight: string },
  fail: (message: string) => Error,
): { readonly split: Split | undefined; readonly weight: number } {
  const split = row.split === "" ? undefined : splitNamed(row.split);
  if (row.split !== "" && split === undefined) {
    throw fail(`unknown split ${quote(row.split)}; expected train, validation or test, or nothing`);
  }
  const weight = row.weight === "" ? 1 : Number(row.weight);
  if (!Number.isFinite(weight) || weight <= 0) {
    throw fail(`the weight must be a number above 0, found ${quote(row.weight)}`);
  }
  return { split, weight };
}
