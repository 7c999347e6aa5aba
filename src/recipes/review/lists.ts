import { copyFile, mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { explainWriteError, writeFileAtomic } from "../../base/files.ts";
import { shellWord } from "../../base/shellWord.ts";
import { csvText } from "../../data/csvText.ts";
import type { ReviewReport } from "../../evaluation/report/review/reviewReport.ts";
import { pageFiles } from "../pages/savePage.ts";

/** Files that a review writes. */
export const reviewFiles = {
  ...pageFiles,
  relabel: "relabel.csv",
  copies: "copies.csv",
  odd: "odd.csv",
} as const;

/** The lists by file name. */
export function listsOf({ issues, copies, outliers: odd }: ReviewReport): Readonly<Record<string, string>> {
  return {
    [reviewFiles.relabel]: csv(
      ["path", "label", "was", "probability", "probability_was"],
      issues.map((one) => [
        one.name,
        one.suggested,
        one.className,
        one.suggestedProbability,
        one.labelProbability,
      ]),
    ),
    [reviewFiles.copies]: csv(
      ["path", "copy_of", "split", "other_split", "similarity"],
      copies.flatMap(({ images, similarity }) => {
        // Held-out images stay: a copy in training is what makes their score too good.
        const order = ["test", "validation", "train"];
        const [kept, ...others] = images.toSorted((a, b) => order.indexOf(a.split) - order.indexOf(b.split));
        return others.map((one) => [one.name, kept!.name, one.split, kept!.split, similarity]);
      }),
    ),
    [reviewFiles.odd]: csv(
      ["path", "label", "deviations"],
      odd.map((one) => [one.name, one.className, one.deviations]),
    ),
  };
}

function csv(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number) =>
    typeof value === "number" ? String(Number(value.toPrecision(5))) : value;
  return csvText([header, ...rows.map((row) => row.map(cell))]);
}

/** What the lists hold, and the command that takes each. */
export function listsFor({
  data,
  out,
}: {
  readonly data: string;
  readonly out: string;
}): ReviewReport["lists"] {
  const command = (option: string, file: string) =>
    `permafrost train ${shellWord(data)} ${option} ${shellWord(path.join(out, file))}`;
  return [
    {
      file: reviewFiles.relabel,
      holds: "labels that are probably wrong, with a suggestion",
      use: command("--relabel", reviewFiles.relabel),
    },
    {
      file: reviewFiles.copies,
      holds: "copies beyond the first, those in training where they are in two splits",
      use: command("--exclude", reviewFiles.copies),
    },
    {
      file: reviewFiles.odd,
      holds: "images that look like no other",
      use: command("--exclude", reviewFiles.odd),
    },
  ];
}

/** Whether a review writes files of that name, or keeps an earlier list under it. */
export function isReviewFile(name: string): boolean {
  return Object.values<string>(reviewFiles).includes(name.replace(/\.\d+\.csv$/, ".csv"));
}

/**
 * Writes the lists. One that is there with other lines, edited perhaps, is kept under another name first.
 *
 * @returns Where earlier lists were put.
 */
export async function writeLists(folder: string, lists: Readonly<Record<string, string>>): Promise<string[]> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw explainWriteError(error, folder);
  });
  const kept: string[] = [];
  for (const [name, text] of Object.entries(lists)) {
    const file = path.join(folder, name);
    const before = await readFile(file, "utf8").catch(() => text);
    if (before !== text) kept.push(await keepList(file, before));
    await writeFileAtomic(file, text);
  }
  return kept;
}

/** `relabel.csv` becomes `relabel.1.csv`, or the next number that is free. */
async function keepList(file: string, content: string): Promise<string> {
  const { dir, name } = path.parse(file);
  for (let number = 1; ; number++) {
    const other = path.join(dir, `${name}.${number}.csv`);
    const there = await readFile(other, "utf8").catch(() => undefined);
    if (there !== undefined && there !== content) continue;
    if (there === undefined) await copyFile(file, other);
    return other;
  }
}
