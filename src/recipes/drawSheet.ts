import { readFile } from "node:fs/promises";
import path from "node:path";
import { type Preprocessing, preprocessing } from "../applications/preprocessing.ts";
import type { Draw, DrawPolicy } from "../augmentation/draw.ts";
import { ViewRenderer } from "../augmentation/view.ts";
import { type Digest, sha256 } from "../base/digest.ts";
import { PermafrostError } from "../base/errors.ts";
import { didYouMean } from "../base/names.ts";
import { openDataset } from "../data/openDataset.ts";
import type { ViewDraws } from "../features/viewDraws.ts";
import { decodeImage } from "../images/decode.ts";
import { encodeImage } from "../images/encode.ts";
import { openForm } from "./classifier/openBase.ts";
import { viewDraws } from "./request/augmentation.ts";
import type { TrainingRequest } from "./request/training.ts";

export interface DrawSheetRequest {
  /** The training whose draws are shown. */
  readonly training: TrainingRequest;
  /** File name of an image of the data set, as reports show it or just its last part. */
  readonly image: string;
}

/** One view of the image. */
export interface DrawnView {
  /** Epochs (from 1) that see it. */
  readonly epochs: readonly number[];
  /** Which of the image's draws; missing for the image as it is. */
  readonly number?: number;
  /** Names the view in the store; "none" for the image as it is. */
  readonly digest: Digest | "none";
  readonly draw?: Draw;
}

export interface DrawSheet {
  /** Name in the data set. */
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  readonly image: Digest;
  readonly augmentation: string;
  /** As the command line spells it: fresh, pool:K or none. */
  readonly draws: string;
  /** In the order of their first use. */
  readonly views: readonly DrawnView[];
}

/**
 * Every view of one image that a training sees.
 *
 * @throws PermafrostError NOT_FOUND when no image of the data set has that name, or several have.
 */
export async function drawSheet({ training, image: asked }: DrawSheetRequest): Promise<DrawSheet> {
  const { augmentation } = training;
  const { name, path: file } = await findImage(training.data, asked);
  const image = sha256(await readFile(file));
  const draws = viewDraws(augmentation, await sizedPreprocessing(training));
  return {
    name,
    path: file,
    image,
    augmentation: augmentation?.name ?? "none",
    draws: policyName(draws?.policy ?? "none"),
    views: viewsOf(image, draws, training.epochs),
  };
}

function viewsOf(image: Digest, draws: ViewDraws | undefined, epochs: number): readonly DrawnView[] {
  const views = new Map<string, DrawnView & { readonly epochs: number[] }>();
  for (let epoch = 0; epoch < epochs; epoch++) {
    const drawn = draws?.of(image, epoch);
    const digest = drawn?.digest ?? "none";
    const known = views.get(digest);
    if (known !== undefined) known.epochs.push(epoch + 1);
    else views.set(digest, { epochs: [epoch + 1], digest, ...numbersOf(image, draws, drawn?.number) });
  }
  return [...views.values()];
}

function numbersOf(
  image: Digest,
  draws: ViewDraws | undefined,
  number: number | undefined,
): Pick<DrawnView, "number" | "draw"> {
  return draws === undefined || number === undefined ? {} : { number, draw: draws.sample(image, number) };
}

function policyName(policy: DrawPolicy): string {
  return typeof policy === "string" ? policy : `pool:${policy.pool}`;
}

/** The size and cut of the base's pictures; values stay 0 to 255. */
async function sizedPreprocessing(training: TrainingRequest): Promise<Preprocessing> {
  const base = await openForm(training);
  return { ...base.preprocessing, ...preprocessing("none", base.preprocessing) };
}

async function findImage(
  data: string,
  asked: string,
): Promise<{ readonly name: string; readonly path: string }> {
  const { samples } = await openDataset(data);
  const wanted = asked.replaceAll("\\", "/");
  const found = samples.filter(
    ({ name, path: file }) => name === wanted || name.endsWith(`/${wanted}`) || file === path.resolve(asked),
  );
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  const hint = didYouMean(
    path.basename(asked),
    samples.map(({ name }) => path.posix.basename(name)),
  );
  throw new PermafrostError(
    "NOT_FOUND",
    only === undefined
      ? `${data}: expected an image named ${JSON.stringify(asked)}, found none.${hint}`
      : `${data}: expected one image named ${JSON.stringify(asked)}, found ${found.map(({ name }) => name).join(", ")}. Give the name with its folder.`,
  );
}

/** JPEGs of the views as data URIs: the pixels that the base sees, before they are normalised. */
export async function drawPictures(sheet: DrawSheet, training: TrainingRequest): Promise<readonly string[]> {
  const record = await sizedPreprocessing(training);
  const { width, height } = record;
  const image = await decodeImage(await readFile(sheet.path), { path: sheet.path });
  const renderer = new ViewRenderer(record);
  const planes = new Float32Array(3 * height * width);
  const pictures: string[] = [];
  for (const { draw } of sheet.views) {
    renderer.render(image, training.augmentation?.pipeline ?? null, draw ?? null, planes);
    const jpeg = await encodeImage({ width, height, channels: 3, data: interleaved(planes) }, "jpeg");
    pictures.push(`data:image/jpeg;base64,${Buffer.from(jpeg).toString("base64")}`);
  }
  return pictures;
}

/** [3, pixels] of numbers from 0 to 255 to packed bytes. */
function interleaved(planes: Float32Array): Uint8Array {
  const pixels = planes.length / 3;
  const bytes = new Uint8ClampedArray(planes.length);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < pixels; i++) bytes[i * 3 + c] = planes[c * pixels + i]!;
  }
  return new Uint8Array(bytes.buffer);
}
