import type { Digest } from "../base/digest.ts";
import { type Sample, splits } from "./dataset.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { groupBy } from "./groupBy.ts";
import { nearDuplicates } from "./nearDuplicates.ts";
import type { Finding } from "./scanReport.ts";

/** A readable image as the search for duplicates sees it. */
export interface SeenImage {
  readonly sample: Sample;
  readonly digest: Digest;
  readonly fingerprint: Fingerprint;
}

/**
 * Images that are there more than once: the same bytes, or the same picture to the eye. Copies in two splits are a
 * leak, copies under two labels a conflict; both are errors when the bytes are the same.
 */
export function duplicateFindings(images: readonly SeenImage[]): Finding[] {
  const byDigest = groupBy(images, ({ digest }) => digest);
  const distinct = [...byDigest.values()];
  const exact = distinct
    .filter((copies) => copies.length > 1)
    .flatMap((copies) => groupFindings(copies, true));
  const { groups, limited } = nearDuplicates(distinct.map(([image]) => image!.fingerprint));
  const near = groups.map((group) => group.flatMap((index) => distinct[index]!));
  return [...exact, ...near.flatMap((copies) => groupFindings(copies, false)), ...limitFinding(limited)];
}

function limitFinding(limited: number): Finding[] {
  if (limited === 0) return [];
  const text = `${limited} images look like over a hundred others each, so they were not compared with all of them.`;
  return [{ kind: "near-duplicate", severity: "note", paths: [], text }];
}

function groupFindings(group: readonly SeenImage[], exact: boolean): Finding[] {
  const samples = group.map(({ sample }) => sample);
  const paths = samples.map(({ name }) => name);
  const what = exact ? "the same file" : "nearly the same picture";
  const labels = [...new Set(samples.map(({ className }) => className))];
  const found = splits.filter((split) => samples.some((sample) => sample.split === split));
  const findings: Finding[] = [];
  if (found.length > 1) {
    const text = `${what} is in ${found.join(" and ")}: the score on held-out images is too good. Remove it from one of them.`;
    findings.push({ kind: "leak", severity: "error", paths, text });
  }
  if (labels.length > 1) {
    const text = `${what} has different labels (${labels.join(", ")}). Keep the right one.`;
    findings.push({ kind: "label-conflict", severity: exact ? "error" : "warning", paths, text });
  }
  if (findings.length === 0) {
    const kind = exact ? "duplicate" : "near-duplicate";
    const open = samples.some(({ split }) => split === undefined);
    const text = exact
      ? `the same file ${paths.length} times. It counts ${paths.length} times in training; an automatic split keeps copies together.`
      : `nearly the same picture ${paths.length} times.${open ? " An automatic split may separate them: keep one, or give the split yourself." : ""}`;
    findings.push({ kind, severity: "warning", paths, text });
  }
  return findings;
}
