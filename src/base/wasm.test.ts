import { describe, expect, it } from "vitest";
import { philox4x32, Random } from "./random.ts";
import { instantiateKernels, type TrainingKernels } from "./wasm.ts";

const memory = new WebAssembly.Memory({ initial: 2 });
const kernels = instantiateKernels("training", memory);

/** A float32 array at a byte offset of the shared test memory, filled with the given values. */
function place(offset: number, values: ArrayLike<number>): Float32Array {
  const view = new Float32Array(memory.buffer, offset, values.length);
  view.set(values);
  return view;
}

const [wAt, gAt, aAt, bAt, cAt] = [4096, 8192, 12288, 16384, 20480] as const;
const gradients = [
  [0.1, -0.2, 0.3],
  [0.4, 0.5, -0.6],
  [1e-4, 0, 2],
] as const;

/** Weights after each of three steps from [1, -2, 3], every slot starting at zero. */
function threeSteps(step: (k: TrainingKernels, n: number, t: number) => void): number[][] {
  const w = place(wAt, [1, -2, 3]);
  for (const slot of [aAt, bAt, cAt]) place(slot, [0, 0, 0]);
  return gradients.map((g, index) => {
    place(gAt, g);
    step(kernels, 3, index + 1);
    return [...w];
  });
}

function expectNear(received: number[][], expected: number[][]): void {
  for (const [t, row] of expected.entries()) {
    for (const [i, value] of row.entries()) {
      // One unit in the last place of float32.
      expect(Math.abs(received[t]![i]! - value) / Math.abs(value)).toBeLessThan(1.2e-7);
    }
  }
}

/** Keras computes the bias corrections in float32, where 1 - 0.999 is 2.3e-5 (relative) off. */
function adamAlpha(t: number): number {
  const f = Math.fround;
  const square = f(1 - f(f(0.999) ** t));
  const mean = f(1 - f(f(0.9) ** t));
  return f(f(f(0.01) * f(Math.sqrt(square))) / mean);
}

describe("optimizer kernels repeat three steps of Keras 3", () => {
  it("sgd", () => {
    expectNear(
      threeSteps((k, n) => k.sgd(wAt, gAt, n, 0.1)),
      [
        [0.99, -1.98, 2.97],
        [0.95, -2.03, 3.03],
        [0.94998997, -2.03, 2.8299999],
      ],
    );
  });

  it("sgd with momentum", () => {
    expectNear(
      threeSteps((k, n) => k.sgdMomentum(wAt, gAt, aAt, n, 0.1, 0.9, 0)),
      [
        [0.99, -1.98, 2.97],
        [0.94099998, -2.0120001, 3.003],
        [0.89688998, -2.0408001, 2.8327],
      ],
    );
  });

  it("sgd with Nesterov momentum", () => {
    expectNear(
      threeSteps((k, n) => k.sgdMomentum(wAt, gAt, aAt, n, 0.1, 0.9, 1)),
      [
        [0.98100001, -1.962, 2.9430001],
        [0.8969, -2.0408001, 3.0327001],
        [0.85719097, -2.06672, 2.67943],
      ],
    );
  });

  it("rmsprop", () => {
    expectNear(
      threeSteps((k, n) => k.rmsprop(wAt, gAt, aAt, 0, 0, n, 0.01, 0.9, 0, 1e-7, 0)),
      [
        [0.96837878, -1.9683776, 2.9683774],
        [0.93760967, -1.9979432, 2.9969487],
        [0.93760157, -1.9979432, 2.9667869],
      ],
    );
  });

  it("rmsprop, centered, with momentum", () => {
    expectNear(
      threeSteps((k, n) => k.rmsprop(wAt, gAt, aAt, bAt, cAt, n, 0.01, 0.9, 0.9, 1e-7, 0)),
      [
        [0.96666855, -1.9666672, 2.9666669],
        [0.90345097, -1.9667771, 2.9655979],
        [0.84654647, -1.966876, 2.9334271],
      ],
    );
  });

  it("adam", () => {
    expectNear(
      threeSteps((k, n, t) => k.adam(wAt, gAt, aAt, bAt, 0, n, adamAlpha(t), 0.9, 0.999, 1e-7)),
      [
        [0.99000037, -1.9900002, 2.9900002],
        [0.98115677, -1.9944223, 2.9936612],
        [0.97431904, -1.9978406, 2.9885037],
      ],
    );
  });

  it("adam after decoupled weight decay", () => {
    expectNear(
      threeSteps((k, n, t) => {
        k.decay(wAt, n, 0.004 * 0.01);
        k.adam(wAt, gAt, aAt, bAt, 0, n, adamAlpha(t), 0.9, 0.999, 1e-7);
      }),
      [
        [0.98996037, -1.9899203, 2.9898803],
        [0.98107719, -1.9942627, 2.9934216],
        [0.97420025, -1.9976013, 2.9881444],
      ],
    );
  });
});

describe("switches of the optimizer kernels", () => {
  it("puts epsilon outside the root when asked: the first step is rate * g / (sqrt(0.1) |g| + epsilon)", () => {
    const [first] = threeSteps((k, n) => k.rmsprop(wAt, gAt, aAt, 0, 0, n, 0.01, 0.9, 0, 0.5, 1));
    expect(first![0]).toBeCloseTo(1 - 0.001 / (Math.sqrt(0.1) * 0.1 + 0.5), 6);
  });

  it("keeps the largest second moment with AMSGrad", () => {
    threeSteps((k, n, t) => k.adam(wAt, gAt, aAt, bAt, cAt, n, adamAlpha(t), 0.9, 0.5, 1e-7));
    const largest = [...new Float32Array(memory.buffer, cAt, 3)];
    // The second moments of the first element are 0.005, 0.0825, 0.04125.
    expect(largest[0]).toBeCloseTo(0.0825, 6);
    expect(new Float32Array(memory.buffer, bAt, 3)[0]).toBeCloseTo(0.04125, 6);
  });
});

describe("elementwise kernels", () => {
  const lengths = [0, 1, 2, 3, 4, 5, 7, 8, 31];

  it.each(lengths)(
    "give element i the same bits whatever the length, and touch nothing behind (n = %i)",
    (n) => {
      const random = new Random("kernels", n);
      const values = Float32Array.from({ length: n + 4 }, () => random.uniform(-2, 2));
      const factor = Math.fround(0.3);

      const scaled = place(wAt, values);
      kernels.scale(wAt, n, factor);
      expect([...scaled]).toEqual([...values].map((x, i) => (i < n ? Math.fround(x * factor) : x)));

      const clamped = place(wAt, values);
      kernels.clamp(wAt, n, -0.5, 0.5);
      expect([...clamped]).toEqual([...values].map((x, i) => (i < n ? Math.min(Math.max(x, -0.5), 0.5) : x)));

      const decayed = place(wAt, values);
      kernels.decay(wAt, n, factor);
      expect([...decayed]).toEqual(
        [...values].map((x, i) => (i < n ? Math.fround(x - Math.fround(x * factor)) : x)),
      );

      place(wAt, values);
      const squares = [...values.subarray(0, n)].reduce((sum, x) => sum + x * x, 0);
      expect(kernels.sumOfSquares(wAt, n)).toBeCloseTo(squares, 12);
    },
  );

  it.each(lengths)("gather, average, copy and exchange exactly n elements (n = %i)", (n) => {
    const random = new Random("gather", n);
    const draw = () => Float32Array.from({ length: n + 4 }, () => random.uniform(-2, 2));
    const [a, b] = [draw(), draw()];
    const changed = (run: () => void): readonly (readonly number[])[] => {
      const [x, y] = [place(wAt, a), place(gAt, b)];
      run();
      return [[...x], [...y]];
    };
    const only = (change: (x: number, y: number) => number, rest: Float32Array) =>
      [...rest].map((value, i) => (i < n ? Math.fround(change(a[i]!, b[i]!)) : value));
    expect(changed(() => kernels.accumulate(wAt, gAt, n))).toEqual([only((x, y) => x + y, a), [...b]]);
    expect(changed(() => kernels.takeMean(wAt, gAt, n, 3))).toEqual([
      only((x, y) => Math.fround(x + y) / 3, a),
      only(() => 0, b),
    ]);
    expect(changed(() => kernels.follow(wAt, gAt, n, 0.75, 0.25))).toEqual([
      only((x, y) => Math.fround(0.75 * x) + Math.fround(0.25 * y), a),
      [...b],
    ]);
    expect(changed(() => kernels.copy(wAt, gAt, n))).toEqual([only((_, y) => y, a), [...b]]);
    expect(changed(() => kernels.swap(wAt, gAt, n))).toEqual([only((_, y) => y, a), only((x) => x, b)]);
  });

  it.each(lengths)("update rules treat the tail as the rest (n = %i)", (n) => {
    const random = new Random("tail", n);
    const w = Float32Array.from({ length: n + 4 }, () => random.uniform(-2, 2));
    const g = Float32Array.from({ length: n + 4 }, () => random.uniform(-1, 1));
    const run = (count: number, each: (at: number, n: number) => void) => {
      const weights = place(wAt, w);
      place(gAt, g);
      for (const slot of [aAt, bAt, cAt]) place(slot, w).fill(0);
      if (count > 1) each(0, count);
      else for (let i = 0; i < n; i++) each(4 * i, 1);
      return [...weights];
    };
    const adam = (at: number, k: number) =>
      kernels.adam(wAt + at, gAt + at, aAt + at, bAt + at, cAt + at, k, 0.01, 0.9, 0.999, 1e-7);
    const rmsprop = (at: number, k: number) =>
      kernels.rmsprop(wAt + at, gAt + at, aAt + at, bAt + at, cAt + at, k, 0.01, 0.9, 0.5, 1e-7, 0);
    expect(run(n, adam)).toEqual(run(1, adam));
    const nadam = (at: number, k: number) =>
      kernels.nadam(wAt + at, gAt + at, aAt + at, bAt + at, k, 0.01, 0.02, 1.1, 0.9, 0.999, 1e-7);
    const adagrad = (at: number, k: number) => kernels.adagrad(wAt + at, gAt + at, aAt + at, k, 0.01, 1e-7);
    const adadelta = (at: number, k: number) =>
      kernels.adadelta(wAt + at, gAt + at, aAt + at, bAt + at, k, 0.01, 0.95, 1e-7);
    const lion = (at: number, k: number) => kernels.lion(wAt + at, gAt + at, aAt + at, k, 0.01, 0.9, 0.99);
    expect(run(n, rmsprop)).toEqual(run(1, rmsprop));
    for (const rule of [nadam, adagrad, adadelta, lion]) expect(run(n, rule)).toEqual(run(1, rule));
  });

  it("let NaN through clamp, so that a broken gradient is seen", () => {
    const x = place(wAt, [Number.NaN, 9]);
    kernels.clamp(wAt, 2, -1, 1);
    expect([...x]).toEqual([Number.NaN, 1]);
  });
});

describe("dropoutMask", () => {
  it.each([0, 1, 3, 4, 5, 15, 16, 17, 1000])("uses the words of Random in order (n = %i)", (n) => {
    const random = new Random(42, "dropout", 7);
    const mask = place(wAt, new Float32Array(n + 4).fill(9));
    const keep = 0.7;
    kernels.dropoutMask(wAt, n, keep, random.key[0], random.key[1], 0, 0);
    const expected = Array.from({ length: n }, () =>
      random.uint32() < keep * 2 ** 32 ? Math.fround(1 / keep) : 0,
    );
    expect([...mask]).toEqual([...expected, 9, 9, 9, 9]);
  });

  it("takes step and stream as the upper counter words", () => {
    const mask = place(wAt, new Float32Array(8));
    kernels.dropoutMask(wAt, 8, 0.5, 1, 0xffffffff, 0xfffffffe, 3);
    const words = [0, 1].flatMap((block) => [...philox4x32([block, 0, 0xfffffffe, 3], [1, 0xffffffff])]);
    expect([...mask]).toEqual(words.map((word) => (word < 2 ** 31 ? 2 : 0)));
  });

  it("keeps everything at keep 1, and the asked share otherwise", () => {
    const mask = place(wAt, new Float32Array(8000));
    kernels.dropoutMask(wAt, 8000, 1, 5, 6, 0, 0);
    expect(new Set(mask)).toEqual(new Set([1]));
    kernels.dropoutMask(wAt, 8000, 0.2, 5, 6, 0, 0);
    const kept = mask.filter((x) => x > 0).length / 8000;
    expect(kept).toBeCloseTo(0.2, 1);
  });
});

describe("instantiateKernels", () => {
  it("finds modules that put nothing into the caller's memory", () => {
    for (const name of ["training", "images"] as const) {
      const own = new WebAssembly.Memory({ initial: 1 });
      instantiateKernels(name, own);
      expect(new Uint8Array(own.buffer).every((byte) => byte === 0)).toBe(true);
    }
  });

  it("says what to run when a module has not been built", () => {
    const absent = "absent" as "images";
    expect(() => instantiateKernels(absent, memory)).toThrow(/absent\.wasm: expected .* run `npm run build`/);
  });
});
