import { readFile } from "node:fs/promises";
import { messageOf, PermafrostError, systemCode } from "../../base/errors.ts";
import type { PerChannel, Preprocessing, ResampleFilter } from "../preprocessing.ts";
import { type ProcessorDefaults, processorDefaults } from "./imageProcessors.ts";

/** The file's name in repositories of Hugging Face. */
export const preprocessorConfigName = "preprocessor_config.json";

const maxBytes = 2 ** 20;

/** Pillow's numbers of its filters, as `resample` gives them. */
const filters: readonly ResampleFilter[] = ["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"];

/** Keys that do not change pixels of a photograph that comes alone, as they stand in published files. */
const withoutEffect: ReadonlySet<string> = new Set([
  "_processor_class",
  "_valid_processor_keys",
  "auto_map",
  "data_format",
  "device",
  "disable_grouping",
  "do_convert_rgb", // Pictures are red, green and blue before they get here.
  "do_reduce_labels",
  "feature_extractor_type",
  "image_processor_type",
  "input_data_format",
  "processor_class",
  "reduce_labels",
  "return_tensors",
]);

/** Keys that are read. */
const read = [
  "do_resize",
  "size",
  "resample",
  "do_center_crop",
  "crop_size",
  "crop_pct",
  "do_rescale",
  "rescale_factor",
  "do_normalize",
  "image_mean",
  "image_std",
] as const;

type Settings = Readonly<Partial<Record<(typeof read)[number], unknown>>>;

/** A size as the file gives it. */
type Size = { readonly height: number; readonly width: number } | { readonly shortestEdge: number };

/** Says in the file's name what is wrong with it. */
type Refuse = (what: string) => PermafrostError;

/**
 * The preprocessing that a `preprocessor_config.json` of Hugging Face's image processors describes, as their Pillow backend computes
 * it. Whatever in it changes pixels in a way that is not known here is an error.
 *
 * @throws PermafrostError NOT_FOUND, NOT_READABLE; INVALID_ARGUMENT naming the member.
 */
export async function readPreprocessorConfig(file: string): Promise<Preprocessing> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const code = systemCode(error) === "ENOENT" ? "NOT_FOUND" : "NOT_READABLE";
    throw new PermafrostError(code, `${file}: cannot be read (${messageOf(error)}).`, { cause: error });
  }
  return preprocessingFrom(text, file);
}

/** As `readPreprocessorConfig`, from the file's text. */
export function preprocessingFrom(text: string, file: string): Preprocessing {
  const refuse: Refuse = (what) =>
    new PermafrostError(
      "INVALID_ARGUMENT",
      `${file}: ${what}. Give the preprocessing by name (imagenet, tf, caffe) or a file without it.`,
      { details: { path: file } },
    );
  if (text.length > maxBytes) throw refuse(`expected at most ${maxBytes} characters, got ${text.length}`);
  const config = parseObject(text, refuse);
  const defaults = defaultsOf(config, refuse);
  checkKeys(config, refuse);
  const settings: Settings = { ...defaults, ...present(config) };
  return { ...geometry(settings, defaults, refuse), ...scaling(settings, refuse), order: "rgb" };
}

function parseObject(text: string, refuse: Refuse): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refuse(`it is not JSON (${messageOf(error)})`);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw refuse("expected an object");
  return json as Readonly<Record<string, unknown>>;
}

function defaultsOf(config: Readonly<Record<string, unknown>>, refuse: Refuse): ProcessorDefaults {
  const type = config["image_processor_type"] ?? config["feature_extractor_type"];
  if (typeof type !== "string") throw refuse("expected image_processor_type, the name of an image processor");
  const family = type.replace(/(ImageProcessor(Fast|Pil)?|FeatureExtractor)$/, "");
  const defaults = Object.hasOwn(processorDefaults, family) ? processorDefaults[family] : undefined;
  if (defaults !== undefined) return defaults;
  throw refuse(
    `the image processor ${JSON.stringify(type)} is not known here (known: ${Object.keys(processorDefaults).join(", ")})`,
  );
}

function checkKeys(config: Readonly<Record<string, unknown>>, refuse: Refuse): void {
  for (const [key, value] of Object.entries(config)) {
    if (withoutEffect.has(key) || (read as readonly string[]).includes(key)) continue;
    // What is switched off does nothing.
    if (value === null || (value === false && key.startsWith("do_"))) continue;
    if (value === false && key === "rescale_offset") continue;
    if (key === "pad_size" && config["do_pad"] !== true) continue;
    throw refuse(`${JSON.stringify(key)}: ${JSON.stringify(value)} is not known here`);
  }
}

function present(config: Readonly<Record<string, unknown>>): Settings {
  return Object.fromEntries(
    read.flatMap((key) => (config[key] === undefined || config[key] === null ? [] : [[key, config[key]]])),
  );
}

type Geometry = Pick<Preprocessing, "height" | "width" | "filter" | "fit" | "resizeTo" | "oddCrop">;

function geometry(settings: Settings, defaults: ProcessorDefaults, refuse: Refuse): Geometry {
  if (settings.do_resize !== true)
    throw refuse("do_resize is not true, so pictures would keep their sizes; a network takes one size");
  const filter = filters[Number(settings.resample)];
  if (filter === undefined)
    throw refuse(`resample: expected a number from 0 to 5, got ${JSON.stringify(settings.resample)}`);
  const size = sizeOf("size", settings.size, defaults.default_to_square, refuse);
  if (settings.crop_pct !== undefined) return convNext(size, Number(settings.crop_pct), filter, refuse);
  if (settings.do_center_crop !== true) {
    if ("height" in size) return { ...size, filter, fit: "stretch" };
    throw refuse(
      "size.shortest_edge without do_center_crop keeps the form of each picture; a network takes one size",
    );
  }
  const crop = sizeOf("crop_size", settings.crop_size, true, refuse);
  if (!("height" in crop)) throw refuse("crop_size: expected height and width");
  if ("height" in size && size.height !== size.width)
    throw refuse("a crop out of a size that is no square is not known here");
  const resizeTo = "height" in size ? size.height : size.shortestEdge;
  if (resizeTo < Math.max(crop.height, crop.width))
    throw refuse(`crop_size is larger than size (${resizeTo}), so pictures would get a black border`);
  return { ...crop, filter, fit: "height" in size ? "stretchCrop" : "crop", resizeTo, oddCrop: "down" };
}

/** ConvNeXt's own rule: below 384 pixels the centre of a larger picture, from there on all of it, stretched. */
function convNext(size: Size, part: number, filter: ResampleFilter, refuse: Refuse): Geometry {
  if (!("shortestEdge" in size) || !(part > 0 && part <= 1))
    throw refuse("crop_pct: expected a number above 0 up to 1 beside size.shortest_edge");
  const { shortestEdge: side } = size;
  const square = { height: side, width: side, filter };
  if (side >= 384) return { ...square, fit: "stretch" };
  return { ...square, fit: "crop", resizeTo: Math.trunc(side / part), oddCrop: "down" };
}

function sizeOf(key: string, value: unknown, isSquare: boolean, refuse: Refuse): Size {
  const isSide = (side: unknown): side is number => Number.isInteger(side) && Number(side) > 0;
  if (isSide(value)) return isSquare ? { height: value, width: value } : { shortestEdge: value };
  if (typeof value === "object" && value !== null) {
    const { height, width, shortest_edge: shortestEdge, ...others } = value as Record<string, unknown>;
    const isPlain = Object.keys(others).length === 0;
    if (isPlain && isSide(height) && isSide(width) && shortestEdge === undefined) return { height, width };
    if (isPlain && isSide(shortestEdge) && height === undefined && width === undefined)
      return { shortestEdge };
  }
  throw refuse(
    `${key}: expected a number, { height, width } or { shortest_edge }, got ${JSON.stringify(value)}`,
  );
}

function scaling(settings: Settings, refuse: Refuse): Pick<Preprocessing, "scale" | "mean" | "std"> {
  const factor = settings.do_rescale === true ? Number(settings.rescale_factor) : 1;
  if (!Number.isFinite(factor) || factor <= 0)
    throw refuse(`rescale_factor: expected a number above 0, got ${JSON.stringify(settings.rescale_factor)}`);
  if (settings.do_normalize !== true) return { scale: factor, mean: [0, 0, 0], std: [1, 1, 1] };
  const mean = perChannel("image_mean", settings.image_mean, refuse);
  const std = perChannel("image_std", settings.image_std, refuse);
  if (std.includes(0)) throw refuse("image_std: expected no 0");
  return { scale: factor, mean, std };
}

function perChannel(key: string, value: unknown, refuse: Refuse): PerChannel {
  const list = typeof value === "number" ? [value, value, value] : value;
  if (Array.isArray(list) && list.length === 3 && list.every(Number.isFinite)) {
    const [red, green, blue] = list as number[];
    return [red!, green!, blue!];
  }
  throw refuse(`${key}: expected three numbers, got ${JSON.stringify(value)}`);
}
