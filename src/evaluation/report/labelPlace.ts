/** Where a chart's lines run, in pixels of the chart: one list of points a line, from left to right. */
export type Lines = readonly (readonly (readonly [x: number, y: number])[])[];

export interface Label {
  /** Where it belongs: the marked point. */
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "middle" | "end";
  readonly characters: number;
}

/** Of a text of 12 pixels. */
const characterWidth = 6.5;
const ascent = 10;
const descent = 3;
/** Between the text and a line. */
const gap = 3;
const nearest = 12;
const step = 4;

/**
 * The baseline for a label: as near to its point as can be without crossing a line. Just above or below where every place
 * is crossed.
 *
 * @param top - The label stays under it.
 * @param bottom - The label stays above it.
 */
export function labelBaseline(
  label: Label,
  lines: Lines,
  { top, bottom }: { readonly top: number; readonly bottom: number },
): number {
  const width = label.characters * characterWidth;
  const left = label.x - (label.anchor === "start" ? 0 : label.anchor === "end" ? width : width / 2);
  const spans = lines.flatMap((points) => spansBetween(points, left - gap, left + width + gap));
  const isFree = (baseline: number): boolean =>
    spans.every(([low, high]) => high < baseline - ascent - gap || low > baseline + descent + gap);
  const fits = (baseline: number): boolean => baseline - ascent >= top && baseline + descent <= bottom;
  const places = Array.from({ length: Math.ceil((bottom - top) / step) }, (_, index) => [
    label.y - nearest - index * step,
    label.y + nearest + ascent - gap + index * step,
  ])
    .flat()
    .filter(fits);
  return places.find(isFree) ?? places[0] ?? label.y - nearest;
}

/** The least and greatest y of each piece of a line between two x. */
function spansBetween(points: Lines[number], left: number, right: number): [number, number][] {
  return points.slice(1).flatMap(([x1, y1], index): [number, number][] => {
    const [x0, y0] = points[index]!;
    const [from, to] = [Math.max(left, x0), Math.min(right, x1)];
    if (from > to) return [];
    const at = (x: number): number => (x1 === x0 ? y0 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0));
    return [[Math.min(at(from), at(to)), Math.max(at(from), at(to))]];
  });
}
