import type { JudgedValues } from "../../evaluationReport.ts";
import type { OneValueDetails } from "../../valueDetails.ts";
import { count, decimal } from "../format.ts";
import type { Plot } from "../page/plot.ts";

/** What is said of each image against what is. */
export function saidAndTrue(
  { outputs, targets, scores }: Pick<JudgedValues, "outputs" | "targets" | "scores">,
  value: number,
): Plot {
  const width = scores.perValue.length;
  const pick = (rows: Float32Array) => [...rows.filter((_, at) => at % width === value)];
  const [said, truth] = [pick(outputs), pick(targets)];
  const all = [...said, ...truth];
  const ends = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))] as const;
  return {
    title: scores.perValue[value]!.name,
    summary: `${count(said.length)} pictures; the line is where said and true are the same.`,
    x: { title: "true" },
    y: { title: "said" },
    size: "square",
    series: [
      { name: "pictures", as: "points", points: truth.map((x, row) => [x, said[row]!] as const) },
      { name: "said as it is", as: "guide", points: ends.map((end) => [end, end] as const) },
    ],
  };
}

/** Ranges of errors, as many as there is room for. */
const ranges = 21;

/** How many pictures are off by how much, and in which direction. */
export function errorChart({ name, errors }: OneValueDetails): Plot {
  const reach = errors.reduce((most, error) => Math.max(most, Math.abs(error)), 0) || 1;
  const width = (2 * reach) / ranges;
  const counts = new Array<number>(ranges).fill(0);
  for (const error of errors) counts[Math.min(ranges - 1, Math.floor((error + reach) / width))]! += 1;
  const most = counts.indexOf(Math.max(...counts));
  return {
    title: `Errors of ${name}`,
    summary: `Most pictures are off by about ${decimal(centre(most, reach, width))}.`,
    x: { title: "said minus true" },
    y: { title: "pictures", unit: "count" },
    size: "square",
    series: [
      {
        name: "pictures",
        as: "bars",
        points: counts.map((pictures, range) => [centre(range, reach, width), pictures] as const),
      },
    ],
  };
}

function centre(range: number, reach: number, width: number): number {
  return Number((-reach + (range + 0.5) * width).toPrecision(4));
}
