import { describe, expect, it } from "vitest";
import { interpret } from "../../src/engine/reference/interpret.ts";
import { Runtime } from "../../src/engine/runtime.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import { encodeModel } from "../../src/onnx/encode.ts";
import { operators } from "../../src/ops/index.ts";
import { caseTensor } from "../support/operatorCases.ts";

const cases = [
  { form: "sample by sample", x: [1, 5, 64, 70], filters: [2, 3, 3], pads: [1, 1, 1, 1] },
  { form: "sample by sample", x: [3, 5, 64, 70], filters: [2, 3, 3], pads: [0, 2, 1, 0] },
  { form: "sample by sample", x: [2, 5, 64, 70], filters: [2, 3, 3], pads: [2, 2, 2, 2], dilations: [2, 2] },
  { form: "parted columns", x: [2, 3, 9, 11], filters: [4, 3, 3], strides: [2, 2], pads: [0, 0, 1, 1] },
  { form: "parted columns", x: [2, 6, 10, 9], filters: [4, 3, 5], strides: [1, 3], pads: [1, 2, 1, 1] },
  { form: "parted columns", x: [1, 2, 12, 13], filters: [3, 2, 3], strides: [3, 2], dilations: [1, 3] },
  { form: "one product of turned sides", x: [3, 24, 2, 3], filters: [20, 1, 1] },
  { form: "one product a sample", x: [3, 3, 5, 4], filters: [4, 1, 1] },
] as const;

describe.each(cases)("the filter gradient by $form: $x, $filters", (one) => {
  it("is the reference's", async () => {
    const { form, x: image, filters, ...window } = one;
    const [count, ...filterSize] = filters;
    const attributes = { ...window, filterSize };
    const [convolved] = operators.conv2d.infer(
      [
        { dtype: "float32", shape: image },
        { dtype: "float32", shape: [count, image[1], ...filterSize] },
      ],
      window,
    );
    const feeds = { x: caseTensor(image, "x"), dy: caseTensor(convolved!.shape.map(Number), `dy ${form}`) };
    const g = new GraphBuilder();
    const [x, dy] = Object.entries(feeds).map(([name, { shape }]) =>
      g.input(name, { dtype: "float32", shape: ["batch", ...shape.slice(1)] }, { kind: "data" }),
    );
    const graph = g.build([g.apply(operators.conv2dFilterGradient, [x!, dy!], attributes)]);
    const [expected] = interpret(graph, new Map(Object.entries(feeds)));
    const runtime = await Runtime.start();
    const session = await runtime.load(encodeModel(graph), { threads: 1 });
    const { [graph.outputs[0]!.name]: received } = await session.run(feeds);
    await session.close();
    const values = Array.from(expected!.data, Number);
    const scale = Math.max(...values.map(Math.abs));
    for (const [index, value] of values.entries())
      expect(Math.abs(Number(received!.data[index]) - value)).toBeLessThan(1e-5 * scale);
  });
});
