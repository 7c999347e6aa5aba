import path from "node:path";
import { PermafrostError } from "../../base/errors.ts";

/** What a repository's model may be, the likeliest first: a model that any network can come as, then weights. */
const preferred: readonly RegExp[] = [
  /^onnx\/model\.onnx$/,
  /^model\.onnx$/,
  /^[^/]+\.onnx$/,
  /^[^/]+\.keras$/,
  /^model\.json$/,
  /^[^/]+\.h5$/,
  /^model\.safetensors$/,
  /^model\.safetensors\.index\.json$/,
  /^[^/]+\.safetensors$/,
];

/** Weights that can run code when they are read. */
const pickles = /\.(bin|pt|pth|ckpt|pkl|pickle)$/;

/**
 * The file of a repository that holds its model.
 *
 * @param names - All files of the repository.
 * @throws PermafrostError INVALID_ARGUMENT where there are several alike, NOT_FOUND where there is none; both name what is there.
 */
export function modelFileOf(repository: string, names: readonly string[]): string {
  for (const pattern of preferred) {
    const found = names.filter((name) => pattern.test(name));
    if (found.length === 1) return found[0]!;
    if (found.length > 1) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `hf:${repository} has several models: ${list(found)}. Name one: hf:${repository}/${found[0]}`,
        { details: { files: found } },
      );
    }
  }
  const pickled = names.filter((name) => pickles.test(name));
  throw new PermafrostError(
    "NOT_FOUND",
    `hf:${repository} has no model as ONNX, Keras, TensorFlow.js or safetensors.` +
      (pickled.length === 0
        ? ` Its files: ${list(names)}.`
        : ` It has ${list(pickled)}: pickles, which can run code when they are read, and are not fetched. Export the model to ONNX and give that file.`),
    { details: { files: names.slice(0, 100) } },
  );
}

/** @throws PermafrostError FORMAT_UNKNOWN for a file that could run code when it is read, by its name. */
export function refusePickle(repository: string, file: string): void {
  if (!pickles.test(file)) return;
  throw new PermafrostError(
    "FORMAT_UNKNOWN",
    `hf:${repository}/${file}: a Python pickle, by its name. Reading one can run code that is in it, so it is not fetched. ` +
      "Name a file of the repository in safetensors, ONNX, Keras or TensorFlow.js, or leave the file out to get its model.",
    { details: { repository, file } },
  );
}

/** Small files that say how pictures are prepared and what the classes are. */
export const describingFiles = ["preprocessor_config.json", "config.json"] as const;

/**
 * Files that a model file is not whole without, as far as names tell: the external data of ONNX.
 *
 * @param names - All files of the repository.
 */
export function companionsOf(file: string, names: readonly string[]): readonly string[] {
  if (!file.endsWith(".onnx")) return [];
  const stem = file.slice(0, -".onnx".length);
  return names.filter(
    (name) =>
      name !== file &&
      (name.startsWith(`${file}_`) || name.startsWith(`${file}.`) || name === `${stem}.data`),
  );
}

/**
 * Files that an index names: the shards of safetensors and of TensorFlow.js.
 *
 * @param text - Content of the index.
 * @throws PermafrostError WEIGHTS_INVALID for what is no such index.
 */
export function shardsOf(file: string, text: string): readonly string[] {
  if (!file.endsWith(".index.json") && path.posix.basename(file) !== "model.json") return [];
  const { weight_map: map, weightsManifest: groups } = parse(file, text);
  const ofSafetensors = map !== null && typeof map === "object" ? Object.values(map) : [];
  const ofTensorFlow = Array.isArray(groups) ? groups.flatMap(pathsIn) : [];
  const names = [...ofSafetensors, ...ofTensorFlow].filter((name) => typeof name === "string");
  return [...new Set(names)].map((name) => path.posix.join(path.posix.dirname(file), name));
}

function pathsIn(group: { readonly paths?: unknown } | null): readonly unknown[] {
  return Array.isArray(group?.paths) ? group.paths : [];
}

function parse(file: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === "object") return value as Readonly<Record<string, unknown>>;
  } catch {
    // Told below.
  }
  throw new PermafrostError(
    "WEIGHTS_INVALID",
    `${file}: expected a JSON index of weight files, found something else.`,
  );
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 6).join(", ");
  return names.length > 6 ? `${shown} and ${names.length - 6} more` : shown;
}
