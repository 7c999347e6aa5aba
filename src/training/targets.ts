import { PermafrostError } from "../base/errors.ts";
import type { Loss } from "../losses/index.ts";
import { sizeOf, type Tensor } from "../tensor/tensor.ts";
import type { EncodedTargets } from "./labelledSamples.ts";

/**
 * What is expected of each sample: numbers (class numbers, or values of the only output), rows (one-hot, or one value an
 * output), or an array [samples], [samples, 1] or [samples, outputs].
 */
export type Targets = Tensor<"float32" | "int32"> | ArrayLike<number> | readonly ArrayLike<number>[];

interface TargetArray {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/**
 * Targets in the form in which the loss reads them.
 *
 * @param outputShape - One prediction's shape: [k].
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
    loss.name === "sparseCategoricalCrossentropy"
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

function classNumbers(array: TargetArray, outputShape: readonly number[]): EncodedTargets {
  const perSample = sizeOf(array.shape.slice(1));
  if (perSample === 1) return { shape: [], data: Float32Array.from(array.data) };
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `targets: sparse_categorical_crossentropy expects one class number a sample (0 to ${classesOf(outputShape) - 1}), ` +
      `got ${perSample} values a sample. For one-hot rows use categorical_crossentropy.`,
  );
}

function valuesOfOutputs(array: TargetArray, loss: Loss, outputShape: readonly number[]): EncodedTargets {
  const perSample = sizeOf(array.shape.slice(1));
  const outputs = sizeOf(outputShape);
  if (perSample === outputs) return { shape: outputShape, data: Float32Array.from(array.data) };
  const hint =
    perSample === 1 && loss.name === "categoricalCrossentropy"
      ? " These look like class numbers: use sparse_categorical_crossentropy, or give one-hot rows."
      : " Give as many values a sample as the model has outputs.";
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `targets: the model has ${outputs} output${outputs === 1 ? "" : "s"} a sample [${outputShape.join(", ")}], got ${perSample} target value${perSample === 1 ? "" : "s"} a sample for ${loss.name}.${hint}`,
  );
}

function checkValues({ data }: EncodedTargets, loss: Loss, outputShape: readonly number[]): void {
  const classes = classesOf(outputShape);
  const [fits, expected] = expectationOf(loss, classes);
  const width = data.length === 0 ? 1 : Math.max(1, sizeOf(outputShape));
  const bad = data.findIndex((value) => !fits(value));
  if (bad === -1) return;
  const sample = loss.name === "sparseCategoricalCrossentropy" ? bad : Math.floor(bad / width);
  throw new PermafrostError(
    "DATA_INVALID",
    `targets: ${loss.name} expects ${expected}, got ${data[bad]} for sample ${sample}.`,
    { details: { sample, value: data[bad] } },
  );
}

function expectationOf(loss: Loss, classes: number): [fits: (value: number) => boolean, expected: string] {
  switch (loss.name) {
    case "sparseCategoricalCrossentropy":
      return [
        (value) => Number.isInteger(value) && value >= 0 && value < classes,
        `class numbers from 0 to ${classes - 1}`,
      ];
    case "binaryCrossentropy":
    case "categoricalCrossentropy":
      return [(value) => value >= 0 && value <= 1, "values from 0 to 1"];
    default:
      return [Number.isFinite, "finite numbers"];
  }
}

function classesOf(outputShape: readonly number[]): number {
  return outputShape.at(-1) ?? 1;
}
