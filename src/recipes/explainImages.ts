import { mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Preprocessing } from "../applications/preprocessing.ts";
import { messageOf, PermafrostError } from "../base/errors.ts";
import { explainWriteError, writeFileAtomic } from "../base/files.ts";
import { packageVersion } from "../base/version.ts";
import type { Skipped } from "../data/dataset.ts";
import { Engine } from "../engine/engine.ts";
import type { Explainer, Heatmap } from "../evaluation/explain/explainer.ts";
import { gradCam } from "../evaluation/explain/gradCam.ts";
import { integratedGradients } from "../evaluation/explain/integratedGradients.ts";
import { occlusion } from "../evaluation/explain/occlusion.ts";
import { overlayHeatmap, smoothed } from "../evaluation/explain/overlay.ts";
import { explanationPage } from "../evaluation/report/explanationPage.ts";
import { decodeImage } from "../images/decode.ts";
import { encodeImage } from "../images/encode.ts";
import type { PixelImage } from "../images/pixelImage.ts";
import { channelScaling, Preprocessor } from "../images/preprocess.ts";
import { Resampler } from "../images/resize.ts";
import type { Model } from "../models/functional.ts";
import { loadBundle } from "../saving/loadBundle.ts";
import { inferenceGraph } from "../training/features/inference.ts";
import { modelFromBundle } from "./classifier/classifierBundle.ts";
import { findImages } from "./data/findImages.ts";
import { savePage } from "./pages/savePage.ts";
import type { TrainingHooks } from "./request/training.ts";

export const explanationMethods = ["grad-cam", "occlusion", "integrated-gradients"] as const;
export type ExplanationMethod = (typeof explanationMethods)[number];

export interface ExplanationRequest {
  /** Folder of the bundle. */
  readonly bundle: string;
  /** Files, folders and globs. */
  readonly images: readonly string[];
  /** Default "grad-cam". */
  readonly method?: ExplanationMethod;
  /** Of Grad-CAM: whose maps are looked at. Default: the last layer that gives maps. */
  readonly layer?: string;
  /** Which class, label or value is explained. Default: the most probable one of each image. */
  readonly className?: string;
  /** Folder for the overlays (PNG) and their page (index.html); new or empty. */
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
  readonly heatmap: Pick<Heatmap, "height" | "width" | "score" | "completenessError">;
}

export interface ExplanationResult {
  readonly explanations: readonly Explanation[];
  readonly skipped: readonly Skipped[];
  /** The page that shows them. */
  readonly page: string;
}

/** Pictures on the way from black to the image, of integrated gradients. */
const pathSteps = 64;

/** Above this share the values of integrated gradients do not add up to what they explain. */
const tolerated = 0.1;

/** Longer side of an overlay, in pixels. */
const overlaySide = 640;
/** Of a picture on the page. */
const pageSide = 240;

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
  if (contents.task === "reconstruction") throw noClassifier(bundle);
  await checkEmpty(out);
  const { classNames, preprocessing } = contents;
  const wanted = labelOf(request, classNames);
  const { model } = await modelFromBundle(contents, bundle);
  await using engine = await Engine.start({ workers: 1, threadsPerWorker: 2 });
  const explainer = await openExplainer(engine, model, request, preprocessing);
  const judge = await openJudge(engine, model, preprocessing, contents.task !== "regression");
  const explanations: (Explanation & { readonly pictures: readonly [string, string] })[] = [];
  const skipped: Skipped[] = [];
  const names = new Set<string>();
  for (const [done, file] of paths.entries()) {
    if (signal?.aborted) throw interrupted(done, paths.length);
    const image = await decodeImage(await readFile(file), { path: file }).catch((error: unknown) => {
      skipped.push({ path: file, reason: messageOf(error) });
    });
    if (image === undefined) continue;
    const { pixels, probabilities } = await judge(image);
    const label = wanted ?? probabilities.indexOf(Math.max(...probabilities));
    const heatmap = await explainer.explain(pixels, label);
    const shown =
      method === "integrated-gradients" ? smoothed(heatmap, Math.round(heatmap.height / 56)) : heatmap;
    const overlay = path.join(out, overlayName(file, classNames[label]!, names));
    await mkdir(out, { recursive: true }).catch((error: unknown) => {
      throw explainWriteError(error, out);
    });
    const large = overlayHeatmap(sized(image, overlaySide), shown, preprocessing);
    await writeFileAtomic(overlay, await encodeImage({ ...large, channels: 3 }, "png"));
    const { height, width, score, completenessError } = heatmap;
    explanations.push({
      path: file,
      className: classNames[label]!,
      probability: probabilities[label]!,
      overlay,
      heatmap: { height, width, score, ...(completenessError === undefined ? {} : { completenessError }) },
      pictures: [
        await dataUri(sized(image, pageSide)),
        await dataUri(overlayHeatmap(sized(image, pageSide), shown, preprocessing)),
      ],
    });
    onProgress?.({ phase: "explain", done: done + 1, total: paths.length, unit: "images" });
  }
  await explainer.close();
  const loose = explanations.filter(({ heatmap }) => (heatmap.completenessError ?? 0) > tolerated).length;
  if (loose > 0) onWarning?.(looseSum(loose, explanations.length));
  const page = path.join(out, "index.html");
  if (explanations.length > 0) {
    const facts = { bundle, method, command: request.commandLine, layer: request.layer };
    await savePage(
      explanationPage({
        ...facts,
        explanations,
        created: new Date().toISOString(),
        version: packageVersion(),
      }),
      page,
    );
  }
  return { explanations: explanations.map(({ pictures: _, ...rest }) => rest), skipped, page };
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

function openExplainer(
  engine: Engine,
  model: Model,
  { method = "grad-cam", layer }: ExplanationRequest,
  preprocessing: Preprocessing,
): Promise<Explainer> {
  if (method === "grad-cam") return gradCam(engine, model, layer === undefined ? {} : { layer });
  if (layer !== undefined) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `--layer: only grad-cam looks at a layer, not ${method}. Leave it out.`,
    );
  }
  if (method === "occlusion") return occlusion(engine, model, { cover: colorOf(preprocessing, 127.5) });
  const { height, width } = preprocessing;
  const black = colorOf(preprocessing, 0);
  const baseline = Float32Array.from(
    { length: 3 * height * width },
    (_, at) => black[Math.floor(at / (height * width))]!,
  );
  return integratedGradients(engine, model, { baseline, steps: pathSteps });
}

/** A grey of that brightness, 0 to 255, in the network's values, plane by plane. */
function colorOf(preprocessing: Preprocessing, brightness: number): [number, number, number] {
  const { factors, offsets } = channelScaling(preprocessing);
  const [red, green, blue] = factors.map((factor, channel) => brightness * factor + offsets[channel]!) as [
    number,
    number,
    number,
  ];
  return preprocessing.order === "rgb" ? [red, green, blue] : [blue, green, red];
}

/** What the network takes of a picture, and what it says of it. */
async function openJudge(
  engine: Engine,
  model: Model,
  preprocessing: Preprocessing,
  isProbability: boolean,
): Promise<
  (image: PixelImage) => Promise<{ readonly pixels: Float32Array; readonly probabilities: number[] }>
> {
  const graph = inferenceGraph(model);
  const program = await engine.compile(graph);
  const { height, width } = preprocessing;
  const preprocessor = new Preprocessor(preprocessing);
  return async (image) => {
    const pixels = new Float32Array(3 * height * width);
    preprocessor.run(image, pixels);
    const results = await program.run({
      [graph.inputs[0]!.name]: { dtype: "float32", shape: [1, 3, height, width], data: pixels },
    });
    const row = [...(results[graph.outputs[0]!.name]!.data as Float32Array)];
    const isOneOfTwo = row.length === 1 && isProbability && graph.outputs[0]!.type.shape[1] === 1;
    return { pixels, probabilities: isOneOfTwo ? [1 - row[0]!, row[0]!] : row };
  };
}

function sized(image: PixelImage, side: number): PixelImage {
  const scale = side / Math.max(image.width, image.height);
  return new Resampler().resize(image, {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
    filter: "bilinear",
  });
}

async function dataUri(image: PixelImage): Promise<string> {
  const bytes = await encodeImage({ ...image, channels: 3 }, "jpeg");
  return `data:image/jpeg;base64,${Buffer.from(bytes).toString("base64")}`;
}

/** "cat.1.jpg" explained for dogs: `cat.1-dogs.png`; a number follows where two images have the same name. */
function overlayName(file: string, className: string, used: Set<string>): string {
  const plain = (text: string) => text.replaceAll(/[^\p{L}\p{N}._-]+/gu, "_");
  const stem = `${plain(path.parse(file).name)}-${plain(className)}`;
  for (let number = 1; ; number++) {
    const name = `${stem}${number === 1 ? "" : `-${number}`}.png`;
    if (used.has(name)) continue;
    used.add(name);
    return name;
  }
}

function looseSum(loose: number, all: number): string {
  return (
    `integrated gradients: for ${loose} of ${all} images the values miss the difference of the scores by more than ${tolerated * 100} % of it ` +
    `(completenessError in --json), as happens where the score bends on the way. Take them as a rough picture, and hold them against occlusion.`
  );
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
