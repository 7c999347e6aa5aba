import { count } from "../format.ts";
import type { Block, Section } from "../page/page.ts";
import type { Plot, Series } from "../page/plot.ts";
import { seriesColors } from "../palette.ts";
import type { MappedImage, ReviewReport } from "./reviewReport.ts";

/** What places on a map are coloured by. */
type Coloring = "class" | "split" | "error";

/** How places are found. */
type Layout = "umap" | "pca";

const axes = {
  umap: ["", ""],
  pca: ["first component", "second component"],
} as const;

/** The map of the first screen. */
export function firstMap(report: ReviewReport): Plot {
  return mapChart(report, hasUmap(report) ? "umap" : "pca", "class");
}

export function mapSections(report: ReviewReport): Section[] {
  const { map, images } = report;
  const part: Block[] =
    map.length < images
      ? [
          {
            kind: "text",
            text: `${count(map.length)} of the ${count(images)} images are drawn, chosen by lot.`,
          },
        ]
      : [];
  const components = {
    title: "Maps by principal components",
    blocks: [
      ...part,
      quiet(
        "The two directions along which the features vary most. Near images look alike to the base; far ones need not differ in every way.",
      ),
      charts(report, "pca", hasUmap(report) ? ["class", "split", "error"] : ["split", "error"]),
    ],
  };
  if (!hasUmap(report)) return [components];
  const neighbours = {
    title: "Maps by neighbourhood",
    blocks: [
      ...part,
      quiet(
        "UMAP of the first 50 principal components: each image beside those that look most alike to the base. Groups mean something, distances between them and their sizes hardly do.",
      ),
      charts(report, "umap", ["split", "error"]),
    ],
  };
  return [neighbours, components];
}

function quiet(text: string): Block {
  return { kind: "text", isQuiet: true, text };
}

function charts(report: ReviewReport, layout: Layout, colorings: readonly Coloring[]): Block {
  return { kind: "charts", charts: colorings.map((by) => mapChart(report, layout, by)) };
}

function hasUmap({ map }: ReviewReport): boolean {
  return map[0]?.umap !== undefined;
}

/** The same places, coloured by what they are. */
function mapChart({ map, classNames }: ReviewReport, layout: Layout, by: Coloring): Plot {
  const groups = groupsBy(by, classNames);
  const shown = groups.slice(0, seriesColors - 1);
  const rest = new Set(groups.slice(seriesColors - 1));
  const placed = map.flatMap((image) => {
    const place = image[layout];
    return place === undefined ? [] : [{ name: image.name, key: keyOf(image, by), place }];
  });
  const inGroup = (keys: ReadonlySet<string>) => placed.filter(({ key }) => keys.has(key));
  const all = [
    ...shown.map((name, color) =>
      seriesOf(name, color, inGroup(new Set([name])), by === "error" && name === "wrong"),
    ),
    ...(rest.size === 0 ? [] : [seriesOf(`${rest.size} other classes`, "quiet", inGroup(rest))]),
  ].filter(({ points }) => points.length > 0);
  return {
    title: `By ${by}`,
    summary: `${count(map.length)} images: ${all.map(({ name, points }) => `${count(points.length)} ${name}`).join(", ")}.`,
    size: "square",
    x: { title: axes[layout][0], isBare: true, domain: spanOf(placed.map(({ place }) => place[0])) },
    y: { title: axes[layout][1], isBare: true, domain: spanOf(placed.map(({ place }) => place[1])) },
    // The few are drawn over the many.
    series: by === "error" ? all : all.toSorted((a, b) => b.points.length - a.points.length),
  };
}

function groupsBy(by: Coloring, classNames: readonly string[]): readonly string[] {
  if (by === "class") return classNames;
  return by === "split" ? ["train", "validation", "test"] : ["right", "wrong"];
}

function keyOf({ className, split, isRight }: MappedImage, by: Coloring): string {
  if (by === "class") return className;
  if (by === "split") return split;
  return isRight ? "right" : "wrong";
}

/** All values, with a little room. */
function spanOf(values: readonly number[]): [number, number] {
  const [low, high] = [
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ];
  const room = 0.03 * (high - low) || 1;
  return [low - room, high + room];
}

function seriesOf(
  name: string,
  color: number | "quiet",
  images: readonly { readonly name: string; readonly place: readonly [number, number] }[],
  isStrong = false,
): Series {
  const short = (value: number) => Number(value.toPrecision(4));
  return {
    name,
    as: "points",
    color,
    ...(isStrong ? { isStrong } : {}),
    points: images.map(({ place: [x, y] }) => [short(x), short(y)]),
    names: images.map((image) => image.name),
  };
}
