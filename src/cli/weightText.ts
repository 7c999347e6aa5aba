import type { DescribedCut } from "../applications/onnx/describeCuts.ts";
import type { WeightSummary } from "../formats/summary.ts";
import { count, table } from "./text.ts";

/**
 * What `inspect` shows of a file of weights.
 *
 * @param classes - Names beside the file; undefined: none.
 */
export function weightText(summary: WeightSummary, classes?: readonly string[]): string {
  const { path, format, tensors, parameters, metadata, model, missing, couldBe } = summary;
  const about = Object.entries(metadata).map(([key, text]) => `${key} ${text}`);
  const hasLayers = tensors.some(({ layer }) => layer !== undefined);
  const lines = [
    `File        ${path}`,
    `Format      ${format}`,
    ...(model === undefined ? [] : [`Model       ${model}`]),
    `Tensors     ${count(tensors.length)}`,
    `Parameters  ${count(parameters)}`,
    `Could be    ${couldBe.length > 0 ? couldBe.join(", ") : "no network that is known by its number of parameters"}`,
    ...(classes === undefined ? [] : [`Classes     ${classes.join(", ")}`]),
    ...(about.length === 0 ? [] : [`Says        ${about.join(", ")}`]),
    ...(missing.length === 0 ? [] : [`MISSING     ${missing.join(", ")}: put them beside the file`]),
    "",
    table(
      ["tensor", ...(hasLayers ? ["layer"] : []), "type", "shape"],
      tensors.map(({ name, layer = "", dtype, shape, role, missing: file }) => [
        name,
        ...(hasLayers ? [layer] : []),
        dtype,
        `[${shape.join(", ")}]${role === "optimizer" ? " of the optimizer" : ""}${file === undefined ? "" : " MISSING"}`,
      ]),
    ),
  ];
  return harmless(lines.join("\n"));
}

/** The possible cuts of an ONNX model. */
export function cutText(cuts: readonly DescribedCut[]): string {
  const rows = cuts.map(({ value, operator, shape, bytes, isDefault, tokens, block }) => [
    value,
    operator,
    `[${shape.join(", ")}]`,
    count(bytes),
    [
      ...(isDefault ? ["default"] : []),
      ...(tokens === undefined ? [] : [`tokens: ${tokens} unless said`]),
      ...(block === undefined ? [] : [`--unfreeze from:${block}`]),
    ].join("; "),
  ]);
  return harmless(
    `\nPossible cuts (--cut <value>)\n${table(["value", "operator", "shape", "bytes", ""], rows)}`,
  );
}

/** Names and texts come out of a file: none of them may steer the terminal. */
function harmless(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n]/gu, "?");
}
