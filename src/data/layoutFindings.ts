import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import type { Dataset, Skipped } from "./dataset.ts";
import { countByClass } from "./dataset.ts";
import { groupBy } from "./groupBy.ts";
import { datasetProblems, quote, withoutSkipped } from "./problems.ts";
import type { Finding, FindingKind, Severity } from "./scanReport.ts";

/** How many times larger than the smallest the largest class may be before it is worth a note. */
const imbalance = 5;

/** What is to be said about the list of files itself, and about those that could not be read. */
export function layoutFindings(dataset: Dataset, unreadable: readonly Skipped[]): Finding[] {
  const problems = datasetProblems(dataset).map((problem) => finding("layout", "error", [], problem.message));
  return [
    ...problems,
    ...lostClasses(dataset, unreadable),
    ...byReason(dataset, "unreadable", "error", unreadable),
    ...byReason(dataset, "left-out", "warning", dataset.skipped),
    ...dataset.notes.map((note) => finding("repeated-row", "note", [], note)),
    ...unevenClasses(dataset),
    ...notImages(dataset),
  ];
}

/** A class of which no image can be read. */
function lostClasses(dataset: Dataset, unreadable: readonly Skipped[]): Finding[] {
  try {
    withoutSkipped(dataset, unreadable);
    return [];
  } catch (error) {
    if (error instanceof PermafrostError) return [finding("layout", "error", [], error.message)];
    throw error;
  }
}

function byReason(
  dataset: Dataset,
  kind: FindingKind,
  severity: Severity,
  files: readonly Skipped[],
): Finding[] {
  const nameOf = (file: string) => path.relative(dataset.root, file).split(path.sep).join("/");
  return Array.from(
    groupBy(files, ({ reason }) => reason),
    ([reason, group]) =>
      finding(
        kind,
        severity,
        group.map((file) => nameOf(file.path)),
        reason,
      ),
  );
}

function unevenClasses({ classNames, samples }: Dataset): Finding[] {
  const counts = countByClass(samples, classNames.length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (counts.length < 2 || least === 0 || most < imbalance * least) return [];
  const name = (count: number) => `${quote(classNames[counts.indexOf(count)]!)} ${count}`;
  const text = `classes are uneven (${name(least)}, ${name(most)} images). Balanced class weights make up for it.`;
  return [finding("imbalance", "note", [], text)];
}

function notImages({ ignored }: Dataset): Finding[] {
  const text = "not an image by its name. They are ignored.";
  return ignored.notImages.length === 0 ? [] : [finding("not-an-image", "note", ignored.notImages, text)];
}

function finding(kind: FindingKind, severity: Severity, paths: readonly string[], text: string): Finding {
  return { kind, severity, paths, text };
}
