import type { ImageFacts } from "../images/inspect.ts";
import { groupBy } from "./groupBy.ts";
import type { Finding, FindingKind, Severity } from "./scanReport.ts";

/** What a scan keeps of one readable image, apart from its pixels. */
export interface InspectedImage {
  readonly name: string;
  readonly facts: ImageFacts;
}

/** A property of an image that is worth a finding, and what is done about it. */
interface Trait {
  readonly kind: FindingKind;
  readonly severity: Severity;
  applies(facts: ImageFacts): boolean;
  readonly text: string;
}

/** Shorter side, in pixels, below which there is little to see. */
const smallSide = 32;
/** Longer side over shorter side from which stretching to a square spoils the picture. */
const extremeAspect = 4;

const traits: readonly Trait[] = [
  {
    kind: "small",
    severity: "warning",
    applies: ({ width, height }) => Math.min(width, height) < smallSide,
    text: `a side is shorter than ${smallSide} pixels. They are enlarged to the network's size; larger ones would help.`,
  },
  {
    kind: "extreme-aspect",
    severity: "warning",
    applies: ({ width, height }) => Math.max(width, height) > extremeAspect * Math.min(width, height),
    text: `one side is over ${extremeAspect} times the other. They are fitted to the network's square; cut them yourself to keep the subject large.`,
  },
  {
    kind: "exif-rotated",
    severity: "note",
    applies: ({ orientation }) => orientation !== 1,
    text: "turned by their EXIF orientation. They are turned upright, in training and in prediction alike.",
  },
  {
    kind: "animated",
    severity: "note",
    applies: ({ frames }) => frames > 1,
    text: "several frames or pages. The first one is used.",
  },
  {
    kind: "alpha",
    severity: "note",
    applies: ({ hasAlpha }) => hasAlpha,
    text: "an alpha channel. They are laid on white.",
  },
  {
    kind: "cmyk",
    severity: "note",
    applies: ({ colourSpace }) => colourSpace === "cmyk",
    text: "CMYK colours. They are converted to sRGB.",
  },
  {
    kind: "deep-colour",
    severity: "note",
    applies: ({ bitsPerSample }) => bitsPerSample > 8,
    text: "more than 8 bits a channel. They are reduced to 8.",
  },
  {
    kind: "grey",
    severity: "note",
    applies: ({ colourSpace }) => colourSpace === "grey",
    text: "grey. They become RGB with three equal channels.",
  },
];

/** One finding for each trait that any image has, and one for each pair of content and wrong name. */
export function imageFindings(images: readonly InspectedImage[]): Finding[] {
  const ofTraits = traits.map(({ kind, severity, applies, text }) => ({
    kind,
    severity,
    paths: images.filter(({ facts }) => applies(facts)).map(({ name }) => name),
    text,
  }));
  return [...mismatches(images), ...ofTraits.filter(({ paths }) => paths.length > 0)];
}

function mismatches(images: readonly InspectedImage[]): Finding[] {
  const misnamed = images.filter(({ facts }) => !["unknown", facts.format].includes(facts.formatOfName));
  const pairOf = ({ facts }: InspectedImage) =>
    `${facts.format.toUpperCase()} by content, ${facts.formatOfName.toUpperCase()} by name`;
  return Array.from(groupBy(misnamed, pairOf), ([pair, group]) => ({
    kind: "content-mismatch" as const,
    severity: "warning" as const,
    paths: group.map(({ name }) => name),
    text: `${pair}. They are read by content; other programs may fail on them.`,
  }));
}
