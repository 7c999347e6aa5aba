import { count, percent } from "../format.ts";
import type { Block, Phrase, Picture, Section } from "../page/page.ts";
import type { ReviewedImage, ReviewReport } from "./reviewReport.ts";

function picture(image: ReviewedImage, lines: readonly (readonly Phrase[])[]): Picture {
  const { name, thumbnail } = image;
  return { name, lines, ...(thumbnail === undefined ? {} : { thumbnail }) };
}

/** Pictures where there are thumbnails, and how many more there are. */
function gallery(pictures: readonly Picture[], all: number): Block[] {
  const shown = pictures.filter(({ thumbnail }) => thumbnail !== undefined);
  const rest = all - shown.length;
  return [
    { kind: "gallery", pictures: shown },
    ...(rest > 0
      ? [{ kind: "text", isQuiet: true, text: `and ${count(rest)} more in the list.` } as const]
      : []),
  ];
}

export function issueSection({ issues }: ReviewReport): Section {
  const title = "Labels that are probably wrong";
  if (issues.length === 0) return { title, blocks: [{ kind: "text", text: "None was found." }] };
  return {
    title,
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: "Surest first. Confident learning: classifiers that have not seen the image are surer of another class than they usually are of it. Hard images are among them.",
      },
      ...gallery(
        issues.map((issue) =>
          picture(issue, [
            ["Labelled ", { strong: issue.className, tone: "wrong" }],
            ["probably ", { strong: issue.suggested }, ` (${percent(issue.suggestedProbability)})`],
          ]),
        ),
        issues.length,
      ),
    ],
  };
}

/** The first picture of a group beside each other one. */
function pairsOf({ images, similarity }: ReviewReport["copies"][number]): Picture[] {
  const [first, ...others] = images;
  return others.map((other) => {
    const toneOf = (what: "split" | "className") =>
      first![what] === other[what] ? {} : { tone: "wrong" as const };
    const isShown = first!.thumbnail !== undefined && other.thumbnail !== undefined;
    return {
      name: `${first!.name} and ${other.name}`,
      ...(isShown ? { thumbnail: first!.thumbnail, beside: other.thumbnail } : {}),
      lines: [
        [
          { strong: first!.split, ...toneOf("split") },
          ", ",
          { strong: first!.className, ...toneOf("className") },
          ", and ",
          { strong: other.split, ...toneOf("split") },
          ", ",
          { strong: other.className, ...toneOf("className") },
        ],
        [`similarity ${similarity.toFixed(2)}`],
      ],
    };
  });
}

export function copySection({ copies }: ReviewReport): Section {
  const title = "The same picture more than once";
  if (copies.length === 0) return { title, blocks: [{ kind: "text", text: "None was found." }] };
  const pictures = copies.flatMap(pairsOf);
  return {
    title,
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: "By features: mirrored, cut and re-encoded copies too, which permafrost scan does not find. A copy across splits makes the score on held-out images too good; those come first. Of copies under two classes one has a wrong label.",
      },
      ...gallery(pictures, pictures.length),
    ],
  };
}

export function outlierSection({ outliers }: ReviewReport): Section {
  const title = "Odd ones out";
  if (outliers.length === 0) return { title, blocks: [{ kind: "text", text: "None was found." }] };
  return {
    title,
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: "Much farther from their ten nearest neighbours than images usually are (more than four deviations). Often drawings, collages, screenshots, blank pictures; sometimes just rare.",
      },
      ...gallery(
        outliers.map((one) =>
          picture(one, [[{ strong: one.className }], [`${one.deviations.toFixed(1)} deviations`]]),
        ),
        outliers.length,
      ),
    ],
  };
}
