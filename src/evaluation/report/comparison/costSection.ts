import type { ComparisonReport, MethodSummary } from "../../comparison/comparisonReport.ts";
import { counted } from "../cells.ts";
import { duration } from "../format.ts";
import type { Section } from "../page/page.ts";
import type { Cell, Table } from "../page/table.ts";

/** Phases in the order in which bars show them; all others are the rest. */
const phases = {
  features: "forwards through the frozen part",
  train: "training",
  pretrain: "pretraining",
} as const;

/** Where the time went, how often the base ran, and whether it stayed as it was. */
export function costSection({ methods }: ComparisonReport): Section {
  return {
    title: "What it took",
    blocks: [
      {
        kind: "text",
        text: "All methods share one store: what an earlier run has computed, a later one finds. Computed and reused together are what a method takes with an empty store.",
      },
      { kind: "table", table: timeTable(methods) },
      { kind: "table", table: workTable(methods) },
    ],
  };
}

function timeTable(methods: readonly MethodSummary[]): Table {
  const rows = methods.map((method) => ({ method, parts: partsOf(method) }));
  const total = (parts: readonly number[]) => parts.reduce((sum, each) => sum + each, 0);
  const longest = Math.max(...rows.map(({ parts }) => total(parts)), 1e-9);
  const names = [...Object.values(phases), "the rest"];
  const time = (value: number): Cell => ({ text: duration(value), value });
  return {
    caption: "Time by phase, sums over the runs of a method",
    columns: [
      { title: "method" },
      { title: "", as: "bar", parts: names },
      ...[...names, "all"].map((title) => ({ title, as: "number" }) as const),
    ],
    rows: rows.map(({ method, parts }) => [
      method.method,
      { text: "", value: total(parts) / longest, parts: parts.map((part) => part / longest) },
      ...[...parts, total(parts)].map(time),
    ]),
  };
}

/** Seconds of each phase and of the rest. */
function partsOf({ cost: { seconds } }: MethodSummary): readonly number[] {
  const known = Object.keys(phases).map((phase) => seconds[phase] ?? 0);
  const rest = Object.entries(seconds).filter(([phase]) => !Object.hasOwn(phases, phase));
  return [...known, rest.reduce((sum, [, value]) => sum + value, 0)];
}

function workTable(methods: readonly MethodSummary[]): Table {
  const numbers = ["computed", "reused", "avoided", "stored", "peak memory", "trained parameters"];
  return {
    caption: "Forwards and bytes, sums over the runs of a method",
    columns: [
      { title: "method" },
      ...numbers.map((title) => ({ title, as: "number" }) as const),
      { title: "base, before and after" },
    ],
    rows: methods.map(({ method, cost }) => [
      method,
      ...[cost.computed, cost.reused, cost.avoided].map(counted),
      ...[cost.bytesWritten, cost.peakMemory].map(mebibytes),
      counted(cost.trainableParameters),
      digests(cost.base),
    ]),
  };
}

/** The first characters of digests are enough to compare them by eye; comparison.json has all. */
function digests({ before, after }: MethodSummary["cost"]["base"]): string {
  return before === after
    ? `${before.slice(0, 8)}, unchanged`
    : `${before.slice(0, 8)} became ${after.slice(0, 8)}`;
}

function mebibytes(value: number): Cell {
  if (value === 0) return { text: "0", value };
  return { text: `${(value / 2 ** 20).toFixed(value < 2 ** 20 * 10 ? 1 : 0)} MiB`, value };
}
