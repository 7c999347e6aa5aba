import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse as parseToml } from "smol-toml";
import { messageOf, PermafrostError, systemCode } from "../base/errors.ts";
import { checkNames, invalid } from "./checks.ts";
import { type ImageDataGeneratorOptions, resolvePipeline } from "./generatorOptions.ts";
import type { AugmentationPipeline } from "./pipeline.ts";
import { isPresetName, presetPipeline, presets } from "./presets.ts";
import { layerFromRecord } from "./randomLayers/record.ts";

/**
 * The transforms that a name stands for: a preset's, or those of a `.json` or `.toml` file.
 *
 * A file has ImageDataGenerator's random options (`rotationRange = 30`), if wanted over those of a `preset`; or `layers`, a list of
 * Keras 3's random layers (`[[layers]]`, `type = "randomRotation"`, `factor = 0.1`).
 *
 * @throws PermafrostError UNKNOWN_NAME, NOT_FOUND, NOT_READABLE; INVALID_ARGUMENT for what is in the file, with its path.
 */
export async function readAugmentation(nameOrPath: string): Promise<AugmentationPipeline> {
  const ending = path.extname(nameOrPath).toLowerCase();
  if (isPresetName(nameOrPath) || (ending !== ".json" && ending !== ".toml"))
    return presetPipeline(nameOrPath);
  const text = await readText(nameOrPath);
  try {
    return pipelineFromRecord(ending === ".json" ? JSON.parse(text) : parseToml(text));
  } catch (cause) {
    const advice = cause instanceof PermafrostError ? "" : ` Write it as ${ending.slice(1).toUpperCase()}.`;
    throw new PermafrostError("INVALID_ARGUMENT", `${nameOrPath}: ${messageOf(cause)}${advice}`, {
      cause,
      details: { path: nameOrPath },
    });
  }
}

/** @throws PermafrostError INVALID_ARGUMENT for anything that is no pipeline. */
export function pipelineFromRecord(record: unknown): AugmentationPipeline {
  if (!isRecord(record)) throw invalid("augmentation", "settings by name", record);
  const { layers, preset, ...options } = record;
  if (layers !== undefined) {
    if (!Array.isArray(layers)) throw invalid("layers", "a list of layers", layers);
    checkNames("augmentation with layers", record, ["layers"]);
    return {
      kind: "layers",
      layers: layers.map((layer: unknown, i) => layerFromRecord(`layers[${i}]`, layer)),
    };
  }
  checkNames("augmentation", options, randomOptions);
  if (preset !== undefined && (typeof preset !== "string" || !isPresetName(preset))) {
    throw invalid("preset", `one of ${Object.keys(presets).join(", ")}`, preset);
  }
  const base: ImageDataGeneratorOptions = preset === undefined ? {} : presets[preset].options;
  // Each value is checked there.
  return resolvePipeline({ ...base, ...(options as ImageDataGeneratorOptions) });
}

/** What a file may set: resizing and normalisation belong to the base network. */
const randomOptions = [
  ...["rotationRange", "widthShiftRange", "heightShiftRange", "brightnessRange", "shearRange", "zoomRange"],
  ...["channelShiftRange", "fillMode", "cval", "horizontalFlip", "verticalFlip", "interpolationOrder"],
] as const satisfies readonly (keyof ImageDataGeneratorOptions)[];

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const isMissing = systemCode(cause) === "ENOENT";
    throw new PermafrostError(
      isMissing ? "NOT_FOUND" : "NOT_READABLE",
      `${file}: expected a file of augmentation settings, ${isMissing ? "found none" : messageOf(cause)}. Check the path.`,
      { cause, details: { path: file } },
    );
  }
}
