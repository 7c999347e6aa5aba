import { beforeAll, describe, expect, it } from "vitest";
import { interpret } from "../../src/engine/reference/interpret.ts";
import { Runtime } from "../../src/engine/runtime.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Graph } from "../../src/graph/graph.ts";
import type { OnnxEmitter, Operator } from "../../src/graph/operator.ts";
import { encodeModel } from "../../src/onnx/encode.ts";
import { operators } from "../../src/ops/index.ts";
import type { Pads } from "../../src/ops/signature.ts";
import { windowOf } from "../../src/ops/window.ts";
import {
  convolutionByWinograd,
  filterGradientByWinograd,
  isBetterByWinograd,
  isFilterBetterByWinograd,
} from "../../src/ops/winograd.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { caseTensor } from "../support/operatorCases.ts";

const [channels, filters] = [3, 5];

/** Rows and columns that tiles of 4 do and do not divide, and pads that differ from side to side. */
const cases: readonly { readonly image: [number, number]; readonly pads: Pads }[] = [
  { image: [8, 4], pads: [1, 1, 1, 1] },
  { image: [9, 6], pads: [1, 1, 1, 1] },
  { image: [7, 10], pads: [0, 0, 0, 0] },
  { image: [5, 7], pads: [0, 1, 2, 0] },
  { image: [3, 3], pads: [1, 1, 1, 1] },
];

type Feeds = Readonly<Record<string, Tensor>>;

function graphOf(op: Operator<string, unknown>, feeds: Feeds, attributes: unknown): Graph {
  const g = new GraphBuilder();
  const values = Object.entries(feeds).map(([name, { shape }]) =>
    g.input(name, { dtype: "float32", shape }, { kind: "data" }),
  );
  return g.build(g.applyAll(op, values, attributes));
}

describe("Winograd's minimal filtering", () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await Runtime.start();
  });

  /** The largest difference between the form and the operator in float64, relative to the largest value. */
  async function difference(
    plain: Operator<string, unknown>,
    attributes: unknown,
    feeds: Feeds,
    write: (onnx: OnnxEmitter, inputs: readonly string[]) => string,
  ): Promise<number> {
    const form: Operator<string, unknown> = {
      ...plain,
      lower: (onnx, { inputs, outputs }) => onnx.node("Identity", [write(onnx, inputs)], outputs),
    };
    const [expected] = interpret(graphOf(plain, feeds, attributes), new Map(Object.entries(feeds)));
    const graph = graphOf(form, feeds, attributes);
    const session = await runtime.load(encodeModel(graph), { threads: 1 });
    const { [graph.outputs[0]!.name]: received } = await session.run(feeds);
    await session.close();
    expect(received!.shape).toEqual(expected!.shape);
    const values = Array.from(expected!.data, Number);
    const scale = Math.max(...values.map(Math.abs));
    return Math.max(...values.map((value, i) => Math.abs(value - Number(received!.data[i])))) / scale;
  }

  it("takes the filter gradient of many tiles in two halves", async () => {
    const [image, pads, many] = [[64, 68], [1, 1, 1, 1], 109] as const;
    const feeds = { x: caseTensor([1, 1, ...image], "x"), dy: caseTensor([1, many, ...image], "dy") };
    const parts = {
      imageSize: image,
      counts: image,
      window: windowOf([3, 3], { pads }),
      shape: [many, 1, 3, 3],
    };
    const write = (onnx: OnnxEmitter, [x, dy]: readonly string[]) =>
      filterGradientByWinograd(onnx, { ...parts, x: x!, dy: dy! });
    const attributes = { pads, filterSize: [3, 3] };
    expect(await difference(operators.conv2dFilterGradient, attributes, feeds, write)).toBeLessThan(1e-5);
  });

  describe.each(cases)("for $image with pads $pads", ({ image, pads }) => {
    const window = windowOf([3, 3], { pads });
    const counts = [image[0] + pads[0] + pads[2] - 2, image[1] + pads[1] + pads[3] - 2] as const;
    const x = caseTensor([2, channels, ...image], "x");
    const w = caseTensor([filters, channels, 3, 3], "filters");
    const dy = caseTensor([2, filters, ...counts], "dy");

    it("convolves", async () => {
      const parts = { window, channels, filters, counts, imageSize: image, pads };
      const write = (onnx: OnnxEmitter, [a, b]: readonly string[]) =>
        convolutionByWinograd(onnx, [a!, b!], parts);
      expect(await difference(operators.conv2d, { pads }, { x, w }, write)).toBeLessThan(1e-5);
    });

    it("gives the input's gradient", async () => {
      const parts = {
        window,
        channels: filters,
        filters: channels,
        counts: image,
        imageSize: counts,
        pads: pads.map((pad) => 2 - pad) as unknown as Pads,
        turned: true,
      };
      const write = (onnx: OnnxEmitter, [a, b]: readonly string[]) =>
        convolutionByWinograd(onnx, [a!, b!], parts);
      const attributes = { pads, inputSize: image };
      expect(await difference(operators.conv2dInputGradient, attributes, { dy, w }, write)).toBeLessThan(
        1e-5,
      );
    });

    it("gives the filters' gradient", async () => {
      const parts = { window, imageSize: image, counts, shape: [filters, channels, 3, 3] };
      const write = (onnx: OnnxEmitter, [a, b]: readonly string[]) =>
        filterGradientByWinograd(onnx, { ...parts, x: a!, dy: b! });
      const attributes = { pads, filterSize: [3, 3] };
      expect(await difference(operators.conv2dFilterGradient, attributes, { x, dy }, write)).toBeLessThan(
        1e-5,
      );
    });
  });

  const wide = { window: windowOf([3, 3], { pads: [1, 1, 1, 1] }), channels: 64, filters: 128 };

  it.each([
    ["large maps of many channels", wide, [37, 37], true, true],
    ["small maps, whose filters' gradient it would slow down", wide, [9, 9], true, false],
    ["maps whose tiles reach far over the edge", wide, [5, 5], false, false],
    ["few channels", { ...wide, channels: 32 }, [37, 37], false, false],
    ["strides", { ...wide, window: windowOf([3, 3], { strides: [2, 2] }) }, [37, 37], false, false],
    ["holes", { ...wide, window: windowOf([3, 3], { dilations: [2, 2] }) }, [37, 37], false, false],
    ["other windows", { ...wide, window: windowOf([5, 5], {}) }, [37, 37], false, false],
  ] as const)("is taken or left for %s", (_, parts, counts, convolution, filterGradient) => {
    expect(isBetterByWinograd({ ...parts, counts })).toBe(convolution);
    expect(isFilterBetterByWinograd({ ...parts, counts })).toBe(filterGradient);
  });

  it("is for fed filters: constant ones keep the form whose bits are the same in any batch", () => {
    const size = (isFed: boolean) => {
      const g = new GraphBuilder();
      const x = g.input("x", { dtype: "float32", shape: ["batch", 64, 12, 12] }, { kind: "data" });
      const w = caseTensor([128, 64, 3, 3], "w");
      const filters = isFed
        ? g.input("w", { dtype: "float32", shape: w.shape }, { kind: "data" })
        : g.constant(w);
      const model = encodeModel(g.build([g.apply(operators.conv2d, [x, filters], {})]));
      return Buffer.from(model).includes("MatMul");
    };
    expect([size(true), size(false)]).toEqual([true, false]);
  });
});
