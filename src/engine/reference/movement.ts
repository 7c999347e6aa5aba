import { inversePermutation } from "../../ops/axes.ts";
import type {
  ConcatAttributes,
  PadAttributes,
  ReshapeAttributes,
  SliceAttributes,
  TransposeAttributes,
} from "../../ops/movement.ts";
import { elementsPerSample, normalizeAxis } from "../../tensor/shape.ts";
import { type Evaluate, generate, read } from "./array.ts";

export const reshape: Evaluate<ReshapeAttributes> = ([x], { shape }) => {
  const batch = x!.data.length / elementsPerSample(shape);
  return { ...x!, shape: shape.map((size) => (size === "batch" ? batch : size)) };
};

export const transpose: Evaluate<TransposeAttributes> = ([x], { permutation }) => {
  const inverse = inversePermutation(permutation);
  return generate(
    permutation.map((axis) => x!.shape[axis]!),
    (index) =>
      read(
        x!,
        inverse.map((axis) => index[axis]!),
      ),
  );
};

export const concat: Evaluate<ConcatAttributes> = (inputs, { axis: given }) => {
  const shape = inputs[0]!.shape;
  const axis = normalizeAxis(given, shape.length);
  const size = inputs.reduce((sum, x) => sum + x.shape[axis]!, 0);
  return generate(shape.with(axis, size), (index) => {
    let place = index[axis]!;
    for (const x of inputs) {
      if (place < x.shape[axis]!) return read(x, index.with(axis, place));
      place -= x.shape[axis]!;
    }
    return Number.NaN;
  });
};

export const slice: Evaluate<SliceAttributes> = ([x], { axis: given, start, end }) => {
  const axis = normalizeAxis(given, x!.shape.length);
  return generate(x!.shape.with(axis, end - start), (index) =>
    read(x!, index.with(axis, index[axis]! + start)),
  );
};

export const pad: Evaluate<PadAttributes> = ([x], { before, after, value = 0 }) =>
  generate(
    x!.shape.map((size, axis) => before[axis]! + size + after[axis]!),
    (index) => {
      const place = index.map((i, axis) => i - before[axis]!);
      return place.every((i, axis) => i >= 0 && i < x!.shape[axis]!) ? read(x!, place) : value;
    },
  );
