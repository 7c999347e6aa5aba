import { mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { PermafrostError, reasonOf } from "../base/errors.ts";
import { explainWriteError, writeFileAtomic } from "../base/files.ts";
import { packageVersion } from "../base/version.ts";
import type { Skipped } from "../data/dataset.ts";
import { Engine } from "../engine/engine.ts";
import type { Heatmap } from "../evaluation/explain/explainer.ts";
import { type Focus, focusOf } from "../evaluation/explain/focus.ts";
import { smoothed } from "../evaluation/explain/overlay.ts";
import { explanationPage, type ReportedExplanation } from "../evaluation/report/explanationPage.ts";
import { decodeImage } from "../images/decode.ts";
import type { PixelImage } from "../images/pixelImage.ts";
import { loadBundle } from "../saving/loadBundle.ts";
import { findImages } from "./data/findImages.ts";
import { explainedModel } from "./explanation/explainedModel.ts";
import { type ExplanationMethod, openExplainer } from "./explanation/openExplainer.ts";
import { openJudge } from "./explanation/openJudge.ts";
import { overlayFile, overlayName, pagePictures } from "./explanation/overlays.ts";
import { pageFiles, savePageIn } from "./pages/savePage.ts";
import type { TrainingHooks } from "./request/training.ts";
import { expectNumbers } from "./scoring/expectNumbers.ts";

export type { ExplanationMethod } from "./explanation/openExplainer.ts";

export interface ExplanationRequest {
  /** Folder of the bundle. */
  readonly bundle: string;
  /** Files, folders and globs. */
  readonly images: readonly string[];
  /** Default "grad-cam". */
  readonly method?: ExplanationMethod;
  /** Of Grad-CAM: whose maps are looked at. Default: the last layer that gives maps. */
  readonly layer?: string;
  /** Which class, label or value is explained. Default: the most probable one of each image; of values the first. */
  readonly className?: string;
  /** Folder for the overlays (PNG) and their page (report.html, report.json); new or empty. */
  readonly out: string;
  /** The command line, for the record. */
  readonly commandLine: string;
}

/** One explained image. */
export interface Explanation {
  readonly path: string;
  readonly className: string;
  /** Of that class; of a regression the value. */
  readonly probability: number;
  /** The overlay's file. */
  readonly overlay: string;
  readonly heatmap: Pick<Heatmap, "height" | "width" | "score" | "completenessError" | "steps">;
  /** Where what speaks for the class lies; left out where nothing does. */
  readonly focus?: Focus;
}

export interface ExplanationResult {
  readonly task: "classification" | "multilabel" | "regression";
  readonly explanations: readonly Explanation[];
  readonly skipped: readonly Skipped[];
  /** The page that shows them. */
  readonly page: string;
}

/** Above this share the values of integrated gradients do not add up to what they explain. */
const tolerated = 0.1;

/**
 * Shows on each image which places speak for a class: overlays as PNG, and a page with all of them.
 *
 * @throws PermafrostError NOT_FOUND for images or a layer that is not there; CLASS_MISMATCH for another class; OUTPUT_EXISTS for a
 *   folder with something in it.
 */
export async function explainImages(
  request: ExplanationRequest,
  { onProgress, onWarning, signal }: TrainingHooks = {},
): Promise<ExplanationResult> {
  const { bundle, out, method = "grad-cam" } = request;
  const paths = await findImages(request.images);
  const contents = await loadBundle(bundle);
  const { classNames, preprocessing, task } = contents;
  if (task === "reconstruction") throw noClassifier(bundle);
  await checkEmpty(out);
  const wanted = labelOf(request, classNames);
  const { judging, explained } = await explainedModel(contents, bundle, method);
  await using engine = await Engine.start({ workers: 1, threadsPerWorker: 2 });
  const explainer = await openExplainer(
    engine,
    explained,
    { method, ...(request.layer === undefined ? {} : { layer: request.layer }) },
    preprocessing,
  );
  const judge = await openJudge(engine, judging, preprocessing, task);
  const explanations: ShownExplanation[] = [];
  const skipped: Skipped[] = [];
  const names = new Set<string>();

  async function explainOne(file: string, image: PixelImage): Promise<ShownExplanation> {
    const { pixels, probabilities } = await judge(image);
    expectNumbers(file, probabilities);
    const label = wanted ?? (task === "regression" ? 0 : probabilities.indexOf(Math.max(...probabilities)));
    // An only label or value is what the single output speaks for, as it does for the second of two classes.
    const heatmap = await explainer.explain(pixels, classNames.length === 1 ? 1 : label);
    const shown =
      method === "integrated-gradients" ? smoothed(heatmap, Math.round(heatmap.height / 56)) : heatmap;
    const overlay = path.join(out, overlayName(file, classNames[label]!, names));
    await writeFileAtomic(overlay, await overlayFile(image, shown, preprocessing));
    const { values: _, ...facts } = heatmap;
    const focus = focusOf(shown);
    return {
      path: file,
      className: classNames[label]!,
      probability: probabilities[label]!,
      overlay,
      heatmap: facts,
      ...(focus === undefined ? {} : { focus }),
      pictures: await pagePictures(image, shown, preprocessing),
    };
  }

  await mkdir(out, { recursive: true }).catch((error: unknown) => {
    throw explainWriteError(error, out);
  });
  for (const [done, file] of paths.entries()) {
    if (signal?.aborted) throw interrupted(done, paths.length);
    const image = await decodeImage(await readFile(file), { path: file }).catch((error: unknown) => {
      skipped.push({ path: file, reason: reasonOf(error, file) });
    });
    if (image !== undefined) explanations.push(await explainOne(file, image));
    onProgress?.({ phase: "explain", done: done + 1, total: paths.length, unit: "images" });
  }
  await explainer.close();
  const warnings = looseSums(explanations);
  for (const text of warnings) onWarning?.(text);
  if (explanations.length > 0) await saveExplanations(request, { task, explanations, skipped, warnings });
  return {
    task,
    explanations: explanations.map(({ pictures: _, ...rest }) => rest),
    skipped,
    page: path.join(out, pageFiles.page),
  };
}

type ShownExplanation = Explanation & Pick<ReportedExplanation, "pictures">;

async function saveExplanations(
  { bundle, method = "grad-cam", layer, out, commandLine }: ExplanationRequest,
  shown: Pick<Parameters<typeof explanationPage>[0], "task" | "explanations" | "skipped" | "warnings">,
): Promise<void> {
  await savePageIn(
    out,
    explanationPage({
      bundle,
      method,
      layer,
      ...shown,
      command: commandLine,
      created: new Date().toISOString(),
      version: packageVersion(),
    }),
  );
}

/** A folder that would be mixed with other files is refused before any work. */
async function checkEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (names.length === 0) return;
  throw new PermafrostError(
    "OUTPUT_EXISTS",
    `${folder}: expected a new or an empty folder for the overlays, found ${names.length} files in it. Nothing was changed; give another --out.`,
    { details: { path: folder } },
  );
}

function labelOf({ className }: ExplanationRequest, classNames: readonly string[]): number | undefined {
  if (className === undefined) return undefined;
  const label = classNames.indexOf(className);
  if (label >= 0) return label;
  throw new PermafrostError(
    "CLASS_MISMATCH",
    `--class: ${JSON.stringify(className)} is none of the bundle's: ${classNames.map((name) => JSON.stringify(name)).join(", ")}.`,
  );
}

function looseSums(explanations: readonly Explanation[]): string[] {
  const loose = explanations.filter(({ heatmap }) => (heatmap.completenessError ?? 0) > tolerated).length;
  if (loose === 0) return [];
  return [
    `integrated gradients: for ${loose} of ${explanations.length} images the values miss the difference of the scores by more than ${tolerated * 100} % of it ` +
      `(completenessError in --json), as happens where the score bends on the way. Take them as a rough picture, and hold them against occlusion.`,
  ];
}

function noClassifier(folder: string): PermafrostError {
  return new PermafrostError(
    "BUNDLE_INVALID",
    `${folder}: expected a classifier, got a pretrained encoder, which says nothing of a picture that could be explained. Train a classifier on it: permafrost train photos/ --base ${folder}.`,
    { details: { path: folder } },
  );
}

function interrupted(done: number, total: number): PermafrostError {
  return new PermafrostError(
    "INTERRUPTED",
    `explain was interrupted after ${done} of ${total} images; their overlays are kept.`,
  );
}
