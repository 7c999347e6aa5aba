import { percent, plural } from "./format.ts";
import { type Page, type Picture, pageSchema } from "./page/page.ts";
import { repeatSection } from "./repeatSection.ts";

/** What the page about explained images shows. */
export interface ExplanationReport {
  readonly bundle: string;
  readonly method: "grad-cam" | "occlusion" | "integrated-gradients";
  readonly layer: string | undefined;
  readonly explanations: readonly {
    readonly path: string;
    readonly className: string;
    readonly probability: number;
    /** The picture, and the picture with the heatmap, as data URIs. */
    readonly pictures: readonly [string, string];
  }[];
  readonly command: string;
  /** ISO 8601. */
  readonly created: string;
  readonly version: string;
}

const methods = {
  "grad-cam":
    "Grad-CAM: where the maps of a late layer speak for the class. Coarse, as these maps are; places that speak against it are left grey.",
  occlusion:
    "Occlusion: how much of the class's probability is lost when a square of the picture is covered with grey.",
  "integrated-gradients":
    "Integrated gradients: how much each pixel adds to the class's logit on the way from black to the picture, smoothed over neighbours; what speaks against it is left grey.",
} as const;

/** Each picture beside its heatmap. */
export function explanationPage(report: ExplanationReport): Page {
  const { bundle, method, layer, explanations, command, created, version } = report;
  return {
    schema: pageSchema,
    kind: "Explanation",
    title: bundle,
    created,
    about: `${plural(explanations.length, "picture")}, ${method}${layer === undefined ? "" : ` at ${layer}`}.`,
    answer: {
      sentence: "The brighter a place, the more it speaks for the class that is named.",
      remark: `${methods[method]} A heatmap shows what the network used, not whether that is sensible: look for backgrounds, frames and captions.`,
      numbers: [],
    },
    sections: [
      { title: "Pictures", blocks: [{ kind: "gallery", pictures: explanations.flatMap(picturePair) }] },
      repeatSection(command),
    ],
    version,
  };
}

function picturePair({
  path,
  className,
  probability,
  pictures,
}: ExplanationReport["explanations"][number]): Picture[] {
  const [plain, overlay] = pictures;
  const said =
    probability >= 0 && probability <= 1 ? percent(probability) : String(Number(probability.toPrecision(4)));
  return [
    { name: path, thumbnail: plain, lines: [["The picture"]] },
    { name: path, thumbnail: overlay, lines: [["Speaks for ", { strong: className }, ` (${said})`]] },
  ];
}
