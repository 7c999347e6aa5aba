import { PermafrostError } from "../../base/errors.ts";
import { permute, toUserShape } from "../../layers/layout.ts";
import type { Loss } from "../../losses/index.ts";
import { sizeOf, type Tensor } from "../../tensor/tensor.ts";
import type { EncodedTargets } from "./labelledSamples.ts";

/**
 * What is expected of each sample: numbers (class numbers, or values of the only output), rows (one-hot, or one value an
 * output), or an array [samples], [samples, 1], [samples, outputs] or, where outputs are pictures, [samples, height, width,
 * channels].
 */
export type Targets = Tensor<"float32" | "int32"> | ArrayLike<number> | readonly ArrayLike<number>[];

interface TargetArray {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/**
 * Targets in the form in which the loss reads them.
 *
 * @param outputShape - One prediction's shape in the engine's layout: [k], or [channels, height, width].
 * @param samples - How many there must be.
 * @throws PermafrostError SHAPE_MISMATCH or DATA_INVALID that says what the loss expects and what it got.
 */
export function encodeTargets(
  targets: Targets,
  loss: Loss,
  outputShape: readonly number[],
  samples: number,
): EncodedTargets {
  const array = targetArray(targets);
  if (array.shape[0] !== samples) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `targets: expected one for each of the ${samples} samples, got ${array.shape[0]}.`,
    );
  }
  const encoded =
    loss.targets === "classNumbers"
      ? classNumbers(array, outputShape)
      : valuesOfOutputs(array, loss, outputShape);
  checkValues(encoded, loss, outputShape);
  return encoded;
}

function targetArray(targets: Targets): TargetArray {
  if ("dtype" in targets) return { shape: targets.shape, data: targets.data };
  const rows = targets as ArrayLike<number | ArrayLike<number>>;
  if (typeof rows[0] !== "object") return { shape: [rows.length], data: targets as ArrayLike<number> };
  const table = targets as readonly ArrayLike<number>[];
  const width = table[0]!.length;
  const data = new Float32Array(table.length * width);
  for (const [index, row] of table.entries()) {
    if (row.length !== width) {
      throw new PermafrostError(
        "SHAPE_MISMATCH",
        `targets: expected rows of ${width} values as the first has, got ${row.length} in row ${index}.`,
      );
    }
    data.set(Array.from(row), index * width);
  }
  return { shape: [table.length, width], data };
}

/** One class number for each position of the outputs: one a sample, or one a pixel. */
function classNumbers(array: TargetArray, outputShape: readonly number[]): EncodedTargets {
  const perSample = sizeOf(array.shape.slice(1));
  const positions = outputShape.length === 3 ? outputShape.slice(1) : outputShape.slice(0, -1);
  if (perSample === sizeOf(positions)) return { shape: positions, data: Float32Array.from(array.data) };
  const wanted = positions.length === 0 ? "one class number" : `${sizeOf(positions)} class numbers`;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `targets: sparse_categorical_crossentropy expects ${wanted} a sample (0 to ${classesOf(outputShape) - 1}), ` +
      `got ${perSample} values a sample. For one-hot rows use categorical_crossentropy.${flatHint(outputShape, perSample)}`,
  );
}

function valuesOfOutputs(array: TargetArray, loss: Loss, outputShape: readonly number[]): EncodedTargets {
  const [samples = 0, ...given] = array.shape;
  const perSample = sizeOf(given);
  const outputs = sizeOf(outputShape);
  if (perSample !== outputs) throw otherNumber(loss, outputShape, perSample);
  if (outputShape.length !== 3) return { shape: outputShape, data: Float32Array.from(array.data) };
  const wanted = toUserShape([0, ...outputShape])
    .slice(1)
    .map(Number);
  if (given.length > 1 && given.join() !== wanted.join()) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `targets: expected pictures [${wanted.join(", ")}] as the model's output, got [${given.join(", ")}]: height, width, then channels.`,
    );
  }
  const data = permute(Float32Array.from(array.data), [samples, ...wanted], [0, 3, 1, 2]);
  return { shape: outputShape, data };
}

function otherNumber(loss: Loss, outputShape: readonly number[], perSample: number): PermafrostError {
  const outputs = sizeOf(outputShape);
  const hint =
    perSample === 1 && loss.targets === "probabilities" && outputs > 1
      ? " If these are class numbers: use sparse_categorical_crossentropy, or give one-hot rows."
      : " Give as many values a sample as the model has outputs.";
  return new PermafrostError(
    "SHAPE_MISMATCH",
    `targets: the model has ${outputs} output${outputs === 1 ? "" : "s"} a sample [${outputShape.join(", ")}], got ${perSample} target value${perSample === 1 ? "" : "s"} a sample for ${loss.name}.${hint}${flatHint(outputShape, perSample)}`,
  );
}

/** One value a sample for outputs at many places: a layer that makes rows is likely to be missing. */
function flatHint(outputShape: readonly number[], perSample: number): string {
  if (outputShape.length < 2 || perSample !== 1) return "";
  return " For one answer a sample put flatten() or globalAveragePooling2D() before the last dense layer.";
}

function checkValues({ shape, data }: EncodedTargets, loss: Loss, outputShape: readonly number[]): void {
  const { fits, expected } = expectationOf(loss, classesOf(outputShape));
  const bad = data.findIndex((value) => !fits(value));
  if (bad === -1) return;
  const sample = Math.floor(bad / Math.max(1, sizeOf(shape)));
  throw new PermafrostError(
    "DATA_INVALID",
    `targets: ${loss.name} expects ${expected}, got ${data[bad]} for sample ${sample}.`,
    { details: { sample, value: data[bad] } },
  );
}

interface Expectation {
  readonly fits: (value: number) => boolean;
  readonly expected: string;
}

function expectationOf({ targets, ignoreClass }: Loss, classes: number): Expectation {
  switch (targets) {
    case "classNumbers":
      return {
        fits: (value) => (Number.isInteger(value) && value >= 0 && value < classes) || value === ignoreClass,
        expected: `class numbers from 0 to ${classes - 1}${ignoreClass === undefined ? "" : ` or ${ignoreClass}`}`,
      };
    case "probabilities":
      return { fits: (value) => value >= 0 && value <= 1, expected: "values from 0 to 1" };
    default:
      return { fits: Number.isFinite, expected: "finite numbers" };
  }
}

/** Sizes are in the engine's layout: the channels of pictures come first. */
function classesOf(outputShape: readonly number[]): number {
  return outputShape.at(outputShape.length === 3 ? 0 : -1) ?? 1;
}
