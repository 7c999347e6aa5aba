import { readFile, stat } from "node:fs/promises";
import { isRecord, type JsonRecord } from "../../formats/json.ts";
import { type ResampleFilter, resampleFilters } from "../preprocessing.ts";
import type { TorchPictures } from "./pictures.ts";

/** What the `config.json` of a model of timm's says. */
export interface TimmConfig {
  /** timm's name of the network: "tf_efficientnet_b0". */
  readonly architecture?: string;
  /** How its pictures were prepared when it was evaluated. */
  readonly pictures?: TorchPictures;
}

/** Such a file has a kilobyte. */
const mostBytes = 2 ** 20;

/**
 * Reads the configuration that timm writes beside its weights. What is no such file, or says a thing in a way that is not known
 * here, says nothing: weights may lie beside files of other programs.
 *
 * @param file - Its path; undefined: there is none.
 */
export async function readTimmConfig(file: string | undefined): Promise<TimmConfig> {
  const record = file === undefined ? undefined : await jsonOf(file);
  const { architecture, pretrained_cfg: pretrained } = record ?? {};
  if (typeof architecture !== "string" || !isRecord(pretrained)) return {};
  const pictures = picturesOf(pretrained);
  return { architecture, ...(pictures === undefined ? {} : { pictures }) };
}

async function jsonOf(file: string): Promise<JsonRecord | undefined> {
  const facts = await stat(file).catch(() => undefined);
  if (facts?.isFile() !== true || facts.size > mostBytes) return undefined;
  try {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function picturesOf(pretrained: JsonRecord): TorchPictures | undefined {
  const { input_size: input, crop_pct: share, crop_mode: mode = "center", mean, std } = pretrained;
  const crop = Array.isArray(input) ? Number(input[1]) : Number.NaN;
  const filter = resampleFilters.find((one) => one === pretrained["interpolation"]);
  const isShare = typeof share === "number" && share > 0 && share <= 1;
  const isSize = Number.isSafeInteger(crop) && crop > 0;
  if (!(isSize && isShare && mode === "center" && filter !== undefined)) return undefined;
  if (!(isPerChannel(mean) && isPerChannel(std) && std.every((one) => one > 0))) return undefined;
  return { resizeTo: Math.floor(crop / share), crop, filter: filter satisfies ResampleFilter, mean, std };
}

function isPerChannel(value: unknown): value is readonly [number, number, number] {
  return Array.isArray(value) && value.length === 3 && value.every((one) => Number.isFinite(one));
}
