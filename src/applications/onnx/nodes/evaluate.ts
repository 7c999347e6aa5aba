import type { PlainNode } from "../../../onnx/model/plainNodes.ts";
import { normalizeAxis } from "../../../tensor/shape.ts";
import { sizeOf } from "../../../tensor/tensor.ts";
import {
  combined,
  type Fixed,
  fixedOf,
  gathered,
  type Item,
  listOf,
  mostElements,
  numbersOf,
  reshaped,
} from "./fixed.ts";

/** Computes a node of fixed inputs; undefined where it cannot be told. */
type Evaluation = (inputs: readonly Fixed[], node: PlainNode) => Fixed | undefined;

/** Arithmetic on shapes and the moving of weights, as exporters write them. */
const evaluations: Readonly<Record<string, Evaluation>> = {
  Add: arithmetic((a, b) => a + b),
  Cast: ([x], { attributes }) => cast(x!, Number(attributes.get("to"))),
  Concat: (inputs, { attributes }) => concat(inputs, Number(attributes.get("axis"))),
  Constant: (_inputs, { attributes }) => constant(attributes),
  ConstantOfShape: ([shape], { attributes }) => filled(shape!, attributes),
  Div: ([a, b]) => divide(a!, b!),
  Equal: (inputs) => combined(inputs, false, ([a, b]) => Number(a === b)),
  Expand: ([x, shape]) => expand(x!, shape!),
  Gather: ([x, indices], { attributes }) => gather(x!, indices!, Number(attributes.get("axis") ?? 0)),
  // PyTorch's exporter stores equal weights once and hands out copies: each copy is a weight of its own.
  Identity: ([x], { outputs }) => (x!.weight === undefined ? x : { ...x!, weight: outputs[0]! }),
  Mul: arithmetic((a, b) => a * b),
  Pow: arithmetic((a, b) => a ** b),
  Range: ([start, limit, delta]) => range([start!, limit!, delta!].map(numbersOf)),
  Reshape: ([x, shape]) => reshape(x!, numbersOf(shape!)),
  Shape: ([x]) => listOf(x!.shape),
  Slice: (inputs, node) => slice(inputs, node),
  Sqrt: ([x]) => combined([x!], true, ([a]) => Math.sqrt(Number(a))),
  Squeeze: ([x, axes], { attributes }) => squeeze(x!, axesOf(axes, attributes.get("axes"))),
  Sub: arithmetic((a, b) => a - b),
  Transpose: ([x], { attributes }) => transpose(x!, attributes.get("perm")),
  Unsqueeze: ([x, axes], { attributes }) => unsqueeze(x!, axesOf(axes, attributes.get("axes"))),
  Where: ([condition, a, b]) =>
    combined([condition!, a!, b!], a!.isFloat, ([isFirst, x, y]) => (isFirst ? x! : y!)),
};

/** What a node of fixed inputs gives; undefined where its operator is not known here or the inputs do not fit. */
export function evaluate(node: PlainNode, inputs: readonly Fixed[]): Fixed | undefined {
  const evaluation =
    node.domain === "" && Object.hasOwn(evaluations, node.opType) ? evaluations[node.opType] : undefined;
  try {
    return evaluation?.(inputs, node);
  } catch (error) {
    // A shape that does not fit is found by whoever needs the value.
    if (error instanceof RangeError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Known numbers only, but for what leaves the batch as it is. */
function arithmetic(compute: (a: number, b: number) => number): Evaluation {
  return (inputs) => {
    let isKnown = true;
    const result = combined(inputs, inputs[0]!.isFloat, ([a, b]) => {
      if (typeof a === "number" && typeof b === "number") return compute(a, b);
      const number = typeof a === "number" ? a : b;
      const isNeutral = typeof number === "number" && compute(3, number) === 3 && compute(number, 3) === 3;
      if (!isNeutral) isKnown = false;
      return "batch";
    });
    return isKnown ? result : undefined;
  };
}

function divide(a: Fixed, b: Fixed): Fixed | undefined {
  const isKnown = numbersOf(a) !== undefined && numbersOf(b) !== undefined;
  if (!isKnown) return undefined;
  return combined([a, b], a.isFloat, ([x, y]) => {
    const quotient = Number(x) / Number(y);
    return a.isFloat ? quotient : Math.trunc(quotient);
  });
}

function cast(x: Fixed, type: number): Fixed {
  const isFloat = [1, 10, 11, 16].includes(type);
  if (isFloat || !x.isFloat) return { ...x, isFloat };
  return combined([x], false, ([a]) => Math.trunc(Number(a)));
}

function constant(attributes: PlainNode["attributes"]): Fixed | undefined {
  const value = attributes.get("value");
  if (typeof value === "object" && "dtype" in value) return fixedOf(value);
  const number = attributes.get("value_int") ?? attributes.get("value_float");
  const isFloat = attributes.has("value_float") || attributes.has("value_floats");
  if (typeof number === "number") return { isFloat, shape: [], items: [number] };
  const list = attributes.get("value_ints") ?? attributes.get("value_floats");
  return Array.isArray(list) ? { isFloat, shape: [list.length], items: list as number[] } : undefined;
}

function filled(shape: Fixed, attributes: PlainNode["attributes"]): Fixed | undefined {
  const sizes = numbersOf(shape);
  if (sizes === undefined || sizeOf(sizes) > mostElements) return undefined;
  const value = attributes.get("value");
  const one = typeof value === "object" && "dtype" in value ? fixedOf(value) : undefined;
  const items = new Array<Item>(sizeOf(sizes)).fill(one?.items[0] ?? 0);
  return { isFloat: one?.isFloat ?? true, shape: sizes, items };
}

function concat(inputs: readonly Fixed[], axis: number): Fixed | undefined {
  if (inputs.some(({ shape }) => shape.length !== 1) || (axis !== 0 && axis !== -1)) return undefined;
  const items = inputs.flatMap((input) => Array.from(input.items));
  return { isFloat: inputs[0]!.isFloat, shape: [items.length], items };
}

function expand(x: Fixed, shape: Fixed): Fixed | undefined {
  const sizes = Array.from(shape.items);
  if (!sizes.includes("batch")) return undefined;
  const rank = Math.max(sizes.length, x.shape.length);
  const at = (list: readonly Item[], axis: number) => list[axis - rank + list.length] ?? 1;
  const stretched = Array.from({ length: rank }, (_, axis) => {
    const [own, wanted] = [at(x.shape, axis), at(sizes, axis)];
    return wanted === 1 || wanted === -1 ? own : wanted;
  });
  return { ...x, stretched };
}

function gather(x: Fixed, indices: Fixed, axis: number): Fixed | undefined {
  const places = numbersOf(indices);
  if (places === undefined || x.shape.length !== 1 || axis !== 0) return undefined;
  const items = places.map((place) => x.items[place < 0 ? place + x.items.length : place]!);
  return { isFloat: x.isFloat, shape: indices.shape, items };
}

function range(bounds: readonly (readonly number[] | undefined)[]): Fixed | undefined {
  const [start, limit, delta] = bounds.map((bound) => bound?.[0]);
  if (start === undefined || limit === undefined || delta === undefined || delta === 0) return undefined;
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  if (count > mostElements) return undefined;
  return listOf(Array.from({ length: count }, (_, index) => start + index * delta));
}

function reshape(x: Fixed, wanted: readonly number[] | undefined): Fixed | undefined {
  if (wanted === undefined) return undefined;
  const sizes = wanted.map((size, axis) => (size === 0 ? x.shape[axis]! : size));
  const rest = sizes.indexOf(-1);
  const known = sizeOf(sizes.filter((size) => size !== -1));
  return reshaped(x, rest < 0 ? sizes : sizes.with(rest, x.items.length / known));
}

function slice(inputs: readonly Fixed[], { attributes }: PlainNode): Fixed | undefined {
  const [x] = inputs;
  const bound = (name: string, place: number) =>
    inputs[place] === undefined ? attributes.get(name) : numbersOf(inputs[place]);
  const starts = bound("starts", 1);
  const ends = bound("ends", 2);
  const axes = bound("axes", 3) ?? [0];
  const steps = bound("steps", 4) ?? [1];
  if (x!.shape.length !== 1 || !Array.isArray(starts) || !Array.isArray(ends)) return undefined;
  if (!Array.isArray(axes) || !Array.isArray(steps) || starts.length !== 1 || axes[0] !== 0 || steps[0] !== 1)
    return undefined;
  return {
    ...listOf(Array.from(x!.items).slice(starts[0] as number, ends[0] as number)),
    isFloat: x!.isFloat,
  };
}

function axesOf(given: Fixed | undefined, attribute: unknown): readonly number[] | undefined {
  if (given !== undefined) return numbersOf(given);
  return Array.isArray(attribute) ? (attribute as number[]) : undefined;
}

function squeeze(x: Fixed, axes: readonly number[] | undefined): Fixed {
  const left = axes?.map((axis) => normalizeAxis(axis, x.shape.length));
  return reshaped(
    x,
    x.shape.filter((size, axis) => (left === undefined ? size !== 1 : !left.includes(axis))),
  );
}

function unsqueeze(x: Fixed, axes: readonly number[] | undefined): Fixed | undefined {
  if (axes === undefined) return undefined;
  const rank = x.shape.length + axes.length;
  const added = axes.map((axis) => normalizeAxis(axis, rank));
  const own = [...x.shape];
  return reshaped(
    x,
    Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : own.shift()!)),
  );
}

function transpose(x: Fixed, given: unknown): Fixed {
  const order = Array.isArray(given) ? (given as number[]) : x.shape.map((_, axis) => axis).reverse();
  return gathered(
    x,
    order.map((axis) => x.shape[axis]!),
    (index) => {
      const from = new Array<number>(index.length);
      for (const [to, axis] of order.entries()) from[axis] = index[to]!;
      return from;
    },
  );
}
