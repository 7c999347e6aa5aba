import { sizeOf, type Tensor } from "../../tensor/tensor.ts";

/** What the interpreter calculates with: float64, whatever the graph says. */
export type Array64 = Tensor<"float64">;

/** The exact, slow form of an operator. */
export type Evaluate<Attributes> = (inputs: readonly Array64[], attributes: Attributes) => Array64;

/** The same of an operator with several results. */
export type EvaluateAll<Attributes> = (
  inputs: readonly Array64[],
  attributes: Attributes,
) => readonly Array64[];

/** An array whose elements are a function of their index. */
export function generate(shape: readonly number[], element: (index: readonly number[]) => number): Array64 {
  const data = new Float64Array(sizeOf(shape));
  const index = shape.map(() => 0);
  for (let position = 0; position < data.length; position++) {
    data[position] = element(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return { dtype: "float64", shape, data };
}

/** The element at an index. Axes of size 1 and missing axes in front stretch, as in broadcasting. */
export function read({ shape, data }: Array64, index: readonly number[]): number {
  const shift = index.length - shape.length;
  let position = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    const size = shape[axis]!;
    position = position * size + (size === 1 ? 0 : index[axis + shift]!);
  }
  return data[position]!;
}

/** The element at [n, c, row, column], or `outside` where there is none. */
export function readImage(x: Array64, index: readonly number[], outside: number): number {
  const [, , row, column] = index;
  const inside = row! >= 0 && row! < x.shape[2]! && column! >= 0 && column! < x.shape[3]!;
  return inside ? read(x, index) : outside;
}
