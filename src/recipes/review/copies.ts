import type { SplitSample } from "../../data/split.ts";
import type { ReviewedImage, ReviewReport } from "../../evaluation/report/review/reviewReport.ts";
import { joinedRows } from "../../evaluation/review/joinedRows.ts";
import type { Neighbourhoods } from "../../evaluation/review/neighbourhoods.ts";

/** A number a sample, the same for copies of one picture. */
export function groupsOf(
  samples: readonly SplitSample[],
  digests: ReadonlyMap<string, string>,
  pairs: Neighbourhoods["pairs"],
): number[] {
  const groups = joinedRows(samples.length);
  const first = new Map<string, number>();
  for (const [row, { path: file }] of samples.entries()) {
    const digest = digests.get(file)!;
    const earlier = first.get(digest);
    if (earlier === undefined) first.set(digest, row);
    else groups.join(earlier, row);
  }
  for (const { a, b } of pairs) groups.join(a, b);
  return samples.map((_, row) => groups.first(row));
}

/** Groups of images that show the same thing: leaks first, then the nearest. */
export async function copiesOf(
  samples: readonly SplitSample[],
  digests: ReadonlyMap<string, string>,
  { pairs }: Neighbourhoods,
  image: (row: number, place: number) => Promise<ReviewedImage>,
): Promise<ReviewReport["copies"]> {
  const groups = groupsOf(samples, digests, pairs);
  const rowsByGroup = new Map<number, number[]>();
  for (const [row, group] of groups.entries()) {
    const known = rowsByGroup.get(group);
    if (known === undefined) rowsByGroup.set(group, [row]);
    else known.push(row);
  }
  const similarity = new Map<number, number>();
  for (const pair of pairs) {
    const group = groups[pair.a]!;
    similarity.set(group, Math.max(similarity.get(group) ?? 0, pair.similarity));
  }
  const isLeak = (rows: readonly number[]) => new Set(rows.map((row) => samples[row]!.split)).size > 1;
  const sorted = [...rowsByGroup]
    .filter(([, rows]) => rows.length > 1)
    .map(([group, rows]) => ({ rows, similarity: similarity.get(group) ?? 1 }))
    .sort((a, b) => Number(isLeak(b.rows)) - Number(isLeak(a.rows)) || b.similarity - a.similarity);
  let place = 0;
  const found = [];
  for (const { rows, similarity: near } of sorted) {
    const images: ReviewedImage[] = [];
    for (const row of rows) images.push(await image(row, place++));
    found.push({ similarity: near, images });
  }
  return found;
}
