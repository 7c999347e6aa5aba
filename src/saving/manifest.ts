import { onnxBaseName } from "../applications/onnx/onnxForm.ts";
import type { Preprocessing } from "../applications/preprocessing.ts";
import { fits, oddCrops, resampleFilters } from "../applications/preprocessing.ts";
import { digestOf } from "../base/digest.ts";
import { messageOf, PermafrostError } from "../base/errors.ts";
import {
  type BundleDescription,
  bundleTasks,
  type Calibration,
  type DataRecord,
  type Decision,
  type FileRecord,
  type LayerRecord,
  type RunRecord,
} from "./bundleContents.ts";
import { Fields } from "./fields.ts";

export const manifestName = "permafrost.json";
const bundleSchema = "permafrost.bundle";
/**
 * Raised when an older program could misread a bundle. 2: other tasks than classification. 3: base networks in another form than Keras's.
 * 4: networks of the list that end at a cut.
 */
const bundleVersion = 4;

/** The lowest version whose programs read a bundle rightly: a classifier on a network of Keras's is read by every program. */
export function versionOf({ task, base }: Pick<BundleDescription<object>, "task" | "base">): number {
  // A program that does not know of cuts would build the whole network; the bundle of an ONNX model holds what is left of it.
  if ("cut" in base.options && base.name !== onnxBaseName) return bundleVersion;
  // A program that does not know of forms would build Keras's, whose weights have the same names and shapes.
  if ("form" in base.options) return 3;
  return task === "classification" ? 1 : 2;
}

/** Nobody needs more, and a reader must not take any size on trust. */
const maxManifestBytes = 64 * 2 ** 20;
const maxSide = 16_384;

/** The text of permafrost.json. Its `digest` covers every other member, so that damage is seen. */
export function manifestText(description: BundleDescription<object>): string {
  const members = {
    schema: bundleSchema,
    version: versionOf(description),
    ...description,
  };
  // As a reader will see it: numbers that are not finite are null by then.
  const written: unknown = JSON.parse(JSON.stringify(members));
  return `${JSON.stringify({ ...members, digest: digestOf(written) }, null, 2)}\n`;
}

/**
 * Reads permafrost.json; every member is checked.
 *
 * @param where - Its path, for messages.
 * @throws PermafrostError BUNDLE_NEWER for a later version; DIGEST_MISMATCH if it was changed after it was written;
 *   BUNDLE_INVALID for anything else, with the member that is wrong.
 */
export function parseManifest(bytes: Uint8Array, where: string): BundleDescription {
  const fields = new Fields(parseJson(bytes, where), where);
  checkSchema(fields, where);
  checkDigest(fields, where);
  return {
    task: fields.oneOf("task", bundleTasks),
    classNames: fields.uniqueTexts("classNames"),
    preprocessing: readPreprocessing(fields.object("preprocessing")),
    base: readBase(fields.object("base")),
    head: { layers: fields.object("head").objects("layers").map(readLayer) },
    decision: readDecision(fields.object("decision")),
    ...(fields.has("calibration") ? { calibration: readCalibration(fields.object("calibration")) } : {}),
    metrics: fields.object("metrics").json,
    run: readRun(fields.object("run")),
    files: readFiles(fields.object("files"), where),
  };
}

function parseJson(bytes: Uint8Array, where: string): unknown {
  if (bytes.length > maxManifestBytes) {
    throw invalid(where, `expected at most ${maxManifestBytes} bytes, got ${bytes.length}`);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw invalid(where, `it is not JSON (${messageOf(error)})`, error);
  }
}

function checkSchema(fields: Fields, where: string): void {
  if (!fields.has("schema") || fields.json["schema"] !== bundleSchema) {
    throw invalid(
      where,
      `expected the schema "${bundleSchema}", got ${JSON.stringify(fields.json["schema"])}`,
    );
  }
  const version = fields.wholeNumber("version", 1, Number.MAX_SAFE_INTEGER);
  if (version > bundleVersion) {
    throw new PermafrostError(
      "BUNDLE_NEWER",
      `${where}: written by a newer permafrost: bundle version ${version}, this program reads up to ${bundleVersion}. Update permafrost.`,
      { details: { path: where, version, known: bundleVersion } },
    );
  }
}

function checkDigest(fields: Fields, where: string): void {
  const { digest: _, ...others } = fields.json;
  const found = digestOf(others);
  const written = fields.digest("digest");
  if (found !== written) {
    throw new PermafrostError(
      "DIGEST_MISMATCH",
      `${where}: its content was changed after it was written: expected SHA-256 ${written}, got ${found}. ` +
        "Restore the bundle from a copy or train again.",
      { details: { path: where, expected: written, found } },
    );
  }
}

function readPreprocessing(fields: Fields): Preprocessing {
  return {
    height: fields.wholeNumber("height", 1, maxSide),
    width: fields.wholeNumber("width", 1, maxSide),
    filter: fields.oneOf("filter", resampleFilters),
    fit: fields.oneOf("fit", fits),
    ...(fields.has("resizeTo") ? { resizeTo: fields.wholeNumber("resizeTo", 1, maxSide) } : {}),
    ...(fields.has("oddCrop") ? { oddCrop: fields.oneOf("oddCrop", oddCrops) } : {}),
    scale: fields.number("scale"),
    mean: perChannel(fields.numbers("mean", 3)),
    std: perChannel(fields.numbers("std", 3, 1e-30)),
    order: fields.oneOf("order", ["rgb", "bgr"]),
  };
}

function perChannel(numbers: readonly number[]): readonly [number, number, number] {
  return [numbers[0]!, numbers[1]!, numbers[2]!];
}

function readBase(fields: Fields): BundleDescription["base"] {
  return {
    name: fields.text("name"),
    options: fields.object("options").json,
    weightsDigest: fields.digest("weightsDigest"),
    ...(fields.has("source") ? { source: readSource(fields.object("source")) } : {}),
  };
}

function readSource(fields: Fields): NonNullable<BundleDescription["base"]["source"]> {
  return { origin: fields.text("origin"), sha256: fields.digest("sha256"), licence: fields.text("licence") };
}

function readLayer(fields: Fields): LayerRecord {
  return { kind: fields.text("kind"), name: fields.text("name"), config: fields.object("config").json };
}

function readDecision(fields: Fields): Decision {
  const rule = fields.oneOf("rule", ["argmax", "threshold", "labels", "values"]);
  if (rule === "argmax" || rule === "values") return { rule };
  return { rule, threshold: fields.number("threshold", 0, 1) };
}

function readCalibration(fields: Fields): Calibration {
  return {
    temperature: fields.number("temperature", 1e-3, 1e3),
    samples: fields.wholeNumber("samples", 1, Number.MAX_SAFE_INTEGER),
    lossBefore: fields.number("lossBefore", 0),
    lossAfter: fields.number("lossAfter", 0),
  };
}

function readRun(fields: Fields): RunRecord {
  const versions = fields.object("versions");
  return {
    command: fields.text("command"),
    versions: Object.fromEntries(versions.names.map((name) => [name, versions.text(name)])),
    seed: fields.number("seed"),
    dataDigest: fields.digest("dataDigest"),
    ...(fields.has("data") ? { data: readData(fields.object("data")) } : {}),
    numericsClass: fields.text("numericsClass"),
    date: fields.text("date"),
    ...(fields.has("training") ? { training: fields.object("training").json } : {}),
  };
}

function readData(fields: Fields): DataRecord {
  return {
    path: fields.text("path"),
    validationSplit: fields.number("validationSplit"),
    splitSeed: fields.number("splitSeed"),
    ...(fields.has("exclude") ? { exclude: fields.text("exclude") } : {}),
    ...(fields.has("relabel") ? { relabel: fields.text("relabel") } : {}),
  };
}

/** Names are plain file names, so that no bundle can lead a reader or a clean-up out of its folder. */
function readFiles(fields: Fields, where: string): Record<string, FileRecord> {
  return Object.fromEntries(
    fields.names.map((name) => {
      const record = fields.object(name);
      if (!isPlainFileName(name)) throw invalid(where, `${JSON.stringify(name)} is not a plain file name`);
      return [
        name,
        { bytes: record.wholeNumber("bytes", 0, Number.MAX_SAFE_INTEGER), sha256: record.digest("sha256") },
      ];
    }),
  );
}

/** Letters, digits, "-", "_" and inner dots; not the manifest itself. */
export function isPlainFileName(name: string): boolean {
  return /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(name) && name !== manifestName && name.length <= 100;
}

function invalid(where: string, what: string, cause?: unknown): PermafrostError {
  return new PermafrostError(
    "BUNDLE_INVALID",
    `${where}: not a bundle of permafrost: ${what}. Give the folder that \`permafrost train\` wrote.`,
    { details: { path: where }, cause },
  );
}
