import { describe, expect, it } from "vitest";
import { philox4x32 } from "./random.ts";
import { instantiateKernels } from "./wasm.ts";

const memory = new WebAssembly.Memory({ initial: 16 });
const kernels = instantiateKernels("training", memory);

function noise(n: number, stddev: number, step = 3): Float32Array {
  const values = new Float32Array(memory.buffer, 64, n + 4).fill(9);
  kernels.normalNoise(64, n, stddev, 5, 6, step, 0);
  return values.slice();
}

/** Element `index` in double precision: the polar form of the stream's words. */
function expected(index: number, stddev: number): number {
  const [w0, w1, w2, w3] = philox4x32([Math.floor(index / 4), 0, 3, 0], [5, 6]) as unknown as number[];
  const [distance, angle] = index % 4 < 2 ? [w0!, w1!] : [w2!, w3!];
  const radius = stddev * Math.sqrt(-2 * Math.log(Math.max(distance, 1) / 2 ** 32));
  const quarter = Math.floor(angle / 2 ** 30);
  const turn = (quarter + ((angle << 2) | 0) / 2 ** 32) * (Math.PI / 2);
  return radius * (index % 2 === 0 ? Math.cos(turn) : Math.sin(turn));
}

describe("normalNoise", () => {
  it.each([0, 1, 2, 5, 15, 17, 4000])("turns the words of the stream into normal numbers (n = %i)", (n) => {
    const values = noise(n, 0.5);
    for (let index = 0; index < n; index++) {
      expect(Math.abs(values[index]! - expected(index, 0.5))).toBeLessThan(1e-6);
    }
    expect([...values.subarray(n)]).toEqual([9, 9, 9, 9]);
  });

  it("has the moments of a normal distribution", () => {
    const values = noise(100_000, 2).subarray(0, 100_000);
    const mean = (power: number) => values.reduce((sum, x) => sum + (x / 2) ** power, 0) / values.length;
    expect(Math.abs(mean(1))).toBeLessThan(0.01);
    expect(mean(2)).toBeCloseTo(1, 1);
    expect(Math.abs(mean(3))).toBeLessThan(0.05);
    expect(mean(4)).toBeCloseTo(3, 0);
  });

  it("changes with the step alone", () => {
    expect(noise(8, 1)).toEqual(noise(8, 1));
    expect(noise(8, 1, 4)).not.toEqual(noise(8, 1));
  });
});
