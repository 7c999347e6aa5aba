import path from "node:path";
import { digestOf } from "../base/digest.ts";
import type { ExtractionSummary } from "./extraction.ts";
import { type FeatureGroup, groupDigest } from "./key.ts";
import type { GroupNote } from "./maintenance/groupNote.ts";
import { isPackName } from "./packFormat.ts";
import type { StoreProblem } from "./storeGroup.ts";

/** Names of a group's parts as people know them, the most telling first. */
const partNames: Readonly<Record<keyof FeatureGroup, string>> = {
  prefix: "other base digest",
  cut: "other cut",
  preprocessing: "other preprocessing",
  decode: "other decoder",
  resize: "other resampling",
  numericsClass: "other numerics class",
  dtype: "other store type",
};

/** The numbers whose draws are kept in a store. */
export interface DrawnBefore {
  readonly pipeline: object;
  readonly seed: number;
}

/**
 * Why an extraction had to compute, in words; empty when it had not.
 *
 * @param others - All groups that the store held before.
 * @param removed - What was last removed from the group before.
 */
export function explainGroup(
  summary: ExtractionSummary,
  others: readonly FeatureGroup[],
  removed?: GroupNote["removed"],
): string {
  const { forwards, group, rowsBefore } = summary;
  if (forwards.computed === 0) return "";
  const lost = explainLoss(summary, removed);
  if (lost !== undefined) return lost;
  if (rowsBefore > 0) return "new images";
  const digest = groupDigest(group);
  const differences = others
    .filter((other) => groupDigest(other) !== digest)
    .map((other) => groupDifferences(other, group))
    .sort((a, b) => a.length - b.length);
  const [nearest] = differences;
  return nearest === undefined ? "first run with this store" : nearest.join(", ");
}

/** How features that the store had are gone, if that may be why the extraction had to compute. */
export function explainLoss(
  { forwards, problems, rowsBefore }: ExtractionSummary,
  removed?: GroupNote["removed"],
): string | undefined {
  const { computed } = forwards;
  const { rows, packs } = countDamage(problems);
  const known = rowsBefore > 0 && computed > rows ? ", or new images" : "";
  if (packs > 0)
    return `entry damaged (${rows > 0 ? `${counted(rows, "row")}, ` : ""}${counted(packs, "pack")})${known}`;
  if (rows > 0) return `entry damaged (${counted(rows, "row")})${known}`;
  // A removal of fewer rows explains only a part; more likely the images are new.
  if (removed === undefined || (rowsBefore > 0 && computed > removed.rows)) return undefined;
  return `${removed.reason} (${counted(removed.rows, "row")} removed on ${removed.time.slice(0, 10)})${known}`;
}

function countDamage(problems: readonly StoreProblem[]): { readonly rows: number; readonly packs: number } {
  const rows = problems.filter((problem) => problem.row !== undefined).length;
  // Files left by a process that was stopped are problems too, but nothing was lost with them.
  const isPack = ({ path: place, row }: StoreProblem) =>
    row === undefined && isPackName(path.basename(place));
  return { rows, packs: problems.filter(isPack).length };
}

function counted(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

/** What differs between two groups: `other preprocessing: width 224 -> 192`. */
export function groupDifferences(before: FeatureGroup, now: FeatureGroup): readonly string[] {
  const parts = Object.keys(partNames) as (keyof FeatureGroup)[];
  return parts
    .filter((part) => !sameJson(before[part], now[part]))
    .map((part) => {
      const details =
        part === "prefix"
          ? `${before.prefix.slice(0, 12)} -> ${now.prefix.slice(0, 12)}`
          : fieldDifferences(before[part], now[part]).join(", ");
      return `${partNames[part]}: ${details}`;
    });
}

/**
 * Why drawn views had to be computed: compared with the nearest draws of earlier runs.
 *
 * @param lost - How features are gone (`explainLoss`); only draws made before can have lost them.
 */
export function explainDraws(before: readonly DrawnBefore[], now: DrawnBefore, lost?: string): string {
  if (before.length === 0) return "first run with draws";
  if (before.some((each) => sameJson(each, now))) return lost ?? "more draws, or new images";
  const samePipeline = before.find((each) => sameJson(each.pipeline, now.pipeline));
  if (samePipeline !== undefined) return `other seed of the draws: ${samePipeline.seed} -> ${now.seed}`;
  const [nearest] = before
    .map((each) => fieldDifferences(each.pipeline, now.pipeline))
    .sort((a, b) => a.length - b.length);
  return `other draw pipeline: ${nearest!.join(", ")}`;
}

/** `rotationRange 30 -> 40` for every field that differs; the values alone for what is no record. */
function fieldDifferences(before: unknown, now: unknown): readonly string[] {
  if (!isRecord(before) || !isRecord(now)) return [`${show(before)} -> ${show(now)}`];
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names
    .filter((name) => !sameJson(before[name], now[name]))
    .map((name) => `${name} ${show(before[name])} -> ${show(now[name])}`);
}

function sameJson(a: unknown, b: unknown): boolean {
  return digestOf(a ?? null) === digestOf(b ?? null);
}

function show(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? null);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
