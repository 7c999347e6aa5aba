import { statSync } from "node:fs";
import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import { FileSource } from "./byteSource.ts";
import { isHdf5 } from "./hdf5/superblock.ts";
import { readJson } from "./json.ts";
import { refusePickle } from "./pickle.ts";
import type { WeightFile } from "./weightFile.ts";

/**
 * Opens a file of weights. What it is shows in its content, not in its name. Only headers are read; close the file in the end.
 *
 * Keras `.h5`, `.weights.h5` and `.keras`, TensorFlow.js `model.json`, safetensors and its index, GGUF, NumPy, ONNX.
 *
 * @param file - The file, or a folder with a TensorFlow.js `model.json` in it.
 * @throws PermafrostError NOT_FOUND, NOT_READABLE; FORMAT_UNKNOWN for other content and for pickles of PyTorch, which can run
 *   code when they are read; WEIGHTS_INVALID for a damaged file.
 *
 * @example
 * const weights = await openWeights("vgg16.h5");
 * const kernel = await weights.read("block1_conv1/block1_conv1_W_1:0");
 * await weights.close();
 */
export async function openWeights(file: string): Promise<WeightFile> {
  const source = new FileSource(inFolder(file));
  try {
    return await openSource(source);
  } catch (error) {
    await source.close();
    throw error;
  }
}

function inFolder(file: string): string {
  const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? path.join(file, "model.json") : file;
}

/** Each format is a file of its own, loaded when such a file of weights is met: commands start faster so. */
async function openSource(source: FileSource): Promise<WeightFile> {
  const start = source.bytes(0, Math.min(16, source.size)).slice();
  const letters = String.fromCharCode(...start);
  if (isHdf5(start)) return (await import("./kerasHdf5.ts")).openHdf5(source, () => source.close());
  if (letters.startsWith("GGUF")) return (await import("./ggufFile.ts")).openGguf(source);
  if (letters.startsWith("\x93NUMPY")) return (await import("./npy.ts")).openNpy(source);
  if (letters.startsWith("PK")) return openArchive(source);
  // A safetensors file starts with the length of its header, eight bytes of which the last are 0, and the header's brace.
  if (letters[8] === "{" && letters[7] === "\0")
    return (await import("./safetensorsFile.ts")).openSafetensors(source);
  if (/^\s*\{/.test(letters)) return openJson(source);
  const [first = 0, second = 0] = start;
  if (first === 0x80 && second >= 2 && second <= 5) throw refusePickle(source.name);
  // An ONNX model has no mark; its first field is the format's version, a small number.
  if (first === 8 && second >= 1 && second <= 32) return (await import("./onnxFile.ts")).openOnnx(source);
  throw unknown(
    source.name,
    source.size === 0 ? "it is empty" : "its content is none of those that are read",
  );
}

async function openArchive(source: FileSource): Promise<WeightFile> {
  const { readZip } = await import("./zip.ts");
  const members = readZip(source);
  const names = [...members.keys()];
  if (members.has("config.json"))
    return (await import("./kerasArchive.ts")).openKerasArchive(source, members);
  if (names.some((name) => name.endsWith("data.pkl"))) throw refusePickle(source.name);
  if (names.some((name) => name.endsWith(".npy"))) return (await import("./npz.ts")).openNpz(source, members);
  throw unknown(source.name, `a zip archive with ${names.slice(0, 3).join(", ") || "nothing"} in it`);
}

async function openJson(source: FileSource): Promise<WeightFile> {
  const { record } = readJson(source);
  if ("weightsManifest" in record) return (await import("./tfjsFile.ts")).openTfjs(source, record);
  if ("weight_map" in record)
    return (await import("./safetensorsIndex.ts")).openSafetensorsIndex(source, record);
  throw unknown(source.name, "JSON without weightsManifest (TensorFlow.js) and weight_map (safetensors)");
}

function unknown(name: string, what: string): PermafrostError {
  return new PermafrostError(
    "FORMAT_UNKNOWN",
    `${name}: expected weights as .h5, .weights.h5, .keras, TensorFlow.js model.json, safetensors, GGUF, .npz, .npy or ONNX; ${what}.`,
    { details: { path: name } },
  );
}
