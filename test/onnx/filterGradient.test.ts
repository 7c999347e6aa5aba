import { describe, expect, it } from "vitest";
import { interpret } from "../../src/engine/reference/interpret.ts";
import { Runtime } from "../../src/engine/runtime.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import { encodeModel } from "../../src/onnx/encode.ts";
import { operators } from "../../src/ops/index.ts";
import { caseTensor } from "../support/operatorCases.ts";

/** Large enough to be taken sample by sample. */
const image = [64, 70] as const;

describe.each([
  { batch: 1, pads: [1, 1, 1, 1], dilations: [1, 1], counts: [64, 70] },
  { batch: 3, pads: [0, 2, 1, 0], dilations: [1, 1], counts: [63, 70] },
  { batch: 2, pads: [2, 2, 2, 2], dilations: [2, 2], counts: [64, 70] },
] as const)("the filter gradient of large images, batch $batch, pads $pads, dilations $dilations", (one) => {
  it("is the reference's", async () => {
    const { batch, counts, pads, dilations } = one;
    const feeds = {
      x: caseTensor([batch, 5, ...image], "x"),
      dy: caseTensor([batch, 2, ...counts], "dy"),
    };
    const g = new GraphBuilder();
    const [x, dy] = Object.entries(feeds).map(([name, { shape }]) =>
      g.input(name, { dtype: "float32", shape: ["batch", ...shape.slice(1)] }, { kind: "data" }),
    );
    const attributes = { pads, dilations, filterSize: [3, 3] } as const;
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
