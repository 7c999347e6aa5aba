import { describe, expect, it } from "vitest";
import { inversePermutation, permute } from "./layout.ts";

/** By the definition: the element at `index` of the result is the one at the same places of the data's axes. */
function permuted(data: Float32Array, shape: readonly number[], permutation: readonly number[]): number[] {
  const sizes = permutation.map((axis) => shape[axis]!);
  return Array.from(data, (_, index) => {
    const places = new Array<number>(shape.length).fill(0);
    let rest = index;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      places[permutation[axis]!] = rest % sizes[axis]!;
      rest = Math.floor(rest / sizes[axis]!);
    }
    return data[shape.reduce((place, size, axis) => place * size + places[axis]!, 0)]!;
  });
}

describe("permute", () => {
  it.each([
    { what: "a kernel", shape: [3, 3, 7, 5], permutation: [3, 2, 0, 1] },
    { what: "a kernel of more filters than a block", shape: [1, 2, 3, 700], permutation: [3, 2, 0, 1] },
    {
      what: "a kernel whose rows share lines of the cache",
      shape: [1, 1, 1024, 18],
      permutation: [3, 2, 0, 1],
    },
    { what: "a depthwise kernel", shape: [3, 3, 6, 1], permutation: [2, 3, 0, 1] },
    { what: "pictures", shape: [2, 5, 4, 3], permutation: [0, 3, 1, 2] },
    { what: "a matrix", shape: [30, 20], permutation: [1, 0] },
    { what: "five axes", shape: [2, 3, 4, 5, 6], permutation: [4, 2, 0, 3, 1] },
    { what: "what stays as it is", shape: [2, 3, 4], permutation: [0, 1, 2] },
    { what: "one element", shape: [1, 1], permutation: [1, 0] },
    { what: "nothing", shape: [0, 3], permutation: [1, 0] },
  ])("reorders $what", ({ shape, permutation }) => {
    const data = Float32Array.from({ length: shape.reduce((count, size) => count * size, 1) }, (_, i) => i);
    const found = permute(data, shape, permutation);
    expect([...found]).toEqual(permuted(data, shape, permutation));
    const sizes = permutation.map((axis) => shape[axis]!);
    expect(permute(found, sizes, inversePermutation(permutation))).toEqual(data);
  });
});
