import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Random } from "../base/random.ts";
import { fans, type Initializer, initialValues, resolveInitializer } from "./initializers.ts";

interface Case {
  readonly initializer: string;
  readonly scale?: number;
  readonly mode?: string;
  readonly shapeName: string;
  readonly shape: readonly number[];
  readonly fanIn?: number;
  readonly fanOut?: number;
  readonly distribution: "uniform" | "normal" | "truncated_normal";
  readonly limit?: number;
  readonly std: number;
}

interface ExactCase {
  readonly initializer: string;
  readonly shape: readonly number[];
  readonly values: readonly (readonly number[])[];
}

interface OrthogonalCase {
  readonly gain: number;
  readonly shape: readonly number[];
  /** [rows, columns] of the matrix. */
  readonly flattened: readonly [number, number];
  /** Which of them are orthogonal. */
  readonly gram: "rows" | "columns";
}

const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/initializers.json", import.meta.url), "utf8"),
) as {
  readonly cases: readonly Case[];
  readonly exact: readonly ExactCase[];
  readonly orthogonal: readonly OrthogonalCase[];
};

const modes = { fan_in: "fanIn", fan_out: "fanOut", fan_avg: "fanAvg" } as const;

function initializerOf(one: Case): Initializer {
  if (!one.initializer.startsWith("variance_scaling")) return resolveInitializer(one.initializer);
  return {
    kind: "varianceScaling",
    scale: one.scale!,
    mode: modes[one.mode as keyof typeof modes],
    distribution: one.distribution === "truncated_normal" ? "truncatedNormal" : one.distribution,
  };
}

const size = (shape: readonly number[]) => shape.reduce((product, axis) => product * axis, 1);

describe("initializers", () => {
  it.each(golden.cases)("spread as Keras's: $initializer, $shapeName $shape", (one) => {
    if (one.fanIn !== undefined) {
      expect(fans(one.shape)).toEqual({ fanIn: one.fanIn, fanOut: one.fanOut });
    }
    // Small kernels are drawn several times over, large ones cut, for some 20,000 numbers each.
    const initializer = initializerOf(one);
    const random = new Random(1, "test");
    const draws: number[] = [];
    const shape = size(one.shape) > 50_000 ? undefined : one.shape;
    if (shape === undefined) return;
    while (draws.length < 20_000) draws.push(...initialValues(initializer, shape, random));
    const std = Math.sqrt(draws.reduce((sum, x) => sum + x * x, 0) / draws.length);
    expect(Math.abs(std / one.std - 1)).toBeLessThan(0.03);
    if (one.limit === undefined) return;
    const largest = draws.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    expect(largest).toBeLessThanOrEqual(one.limit * (1 + 1e-6));
    expect(largest).toBeGreaterThan(one.limit * 0.97);
  });

  it("give zeros, ones and constants", () => {
    const random = new Random(1);
    expect([...initialValues(resolveInitializer("zeros"), [2], random)]).toEqual([0, 0]);
    expect([...initialValues(resolveInitializer("Ones"), [2], random)]).toEqual([1, 1]);
    expect([...initialValues({ kind: "constant", value: 0.5 }, [2], random)]).toEqual([0.5, 0.5]);
  });

  it.each(golden.exact)("have Keras's values where nothing is drawn: $initializer", (one) => {
    const [name, value] = one.initializer.split(" ");
    const initializer: Initializer =
      value === undefined ? resolveInitializer(name!) : { kind: "constant", value: Number(value) };
    expect([...initialValues(initializer, one.shape, new Random(1))]).toEqual(one.values.flat());
  });

  it.each(golden.orthogonal)("make $gram orthogonal for shape $shape", ({ gain, shape, flattened, gram }) => {
    const values = initialValues({ kind: "orthogonal", gain }, shape, new Random(1));
    const [rows, columns] = flattened;
    const [count, length] = gram === "rows" ? [rows, columns] : [columns, rows];
    const element = (vector: number, place: number) =>
      gram === "rows" ? values[vector * columns + place]! : values[place * columns + vector]!;
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        const products = Array.from({ length }, (_, place) => element(a, place) * element(b, place));
        const product = products.reduce((sum, x) => sum + x, 0);
        expect(product).toBeCloseTo(a === b ? gain ** 2 : 0, 5);
      }
    }
  });

  it("say which weights they do not fit", () => {
    const draw = (name: string, shape: readonly number[]) =>
      initialValues(resolveInitializer(name), shape, new Random(1));
    expect(() => draw("identity", [2, 2, 2])).toThrow("initializer identity: expected a weight of two axes");
    expect(() => draw("orthogonal", [2])).toThrow(
      "initializer orthogonal: expected a weight of two axes or more",
    );
  });

  it("accept Keras's spelling and suggest the nearest name", () => {
    expect(resolveInitializer("glorot_uniform")).toEqual(resolveInitializer("glorotUniform"));
    expect(() => resolveInitializer("he_norml")).toThrow("Did you mean heNormal?");
  });
});
