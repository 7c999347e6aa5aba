import { describe, expect, it } from "vitest";
import { channelBlock } from "../../src/engine/numerics.ts";
import { Runtime } from "../../src/engine/runtime.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Operator } from "../../src/graph/operator.ts";
import { encodeModel } from "../../src/onnx/encode.ts";
import { operators } from "../../src/ops/index.ts";
import { caseTensor } from "../support/operatorCases.ts";

const block = channelBlock();
const unknown = "the engine's blocked layout is not known on this processor";

const attributes = [
  { pads: [1, 1, 1, 1] },
  { pads: [2, 1, 0, 2], strides: [2, 1] },
  { pads: [2, 2, 2, 2], dilations: [2, 2] },
  // Rows and columns that no window reaches.
  { pads: [0, 0, 0, 0], strides: [4, 3] },
  { pads: [0, 1, 0, 0], strides: [2, 2], dilations: [1, 2] },
] as const;

describe.skipIf(block === undefined)(
  "depthwise convolutions with fed filters, in the engine's blocked layout",
  () => {
    it("is what the engine keeps, and another size of blocks is found out", async ({ skip }) => {
      if (block === undefined) return skip(unknown);
      const runtime = await Runtime.start();
      await runtime.tryBlocks(block);
      await expect(runtime.tryBlocks(block === 16 ? 8 : 16)).rejects.toThrow(
        "PERMAFROST_PLAIN_CONVOLUTIONS=1",
      );
    });

    // One full block, a part of one, and several of which the last is not full.
    it.for([16, 4, 44].flatMap((channels) => attributes.map((one) => ({ channels, ...one }))))(
      "computes what the plain form computes: %j",
      async ({ channels, ...rest }, { skip }) => {
        if (block === undefined) return skip(unknown);
        const runtime = await Runtime.start();
        const x = caseTensor([2, channels, 9, 8], "x");
        const w = caseTensor([channels, 1, 3, 3], "filters");
        const [convolution] = operators.conv2d.infer([x, w], { ...rest, groups: channels });
        const dy = caseTensor(convolution!.shape.map(Number), "dy");
        const inputGradient = { ...rest, groups: channels, inputSize: [9, 8] };
        const filterGradient = { ...rest, groups: channels, filterSize: [3, 3] };
        const jobs = [
          [operators.conv2dFilterGradient, { x, dy }, filterGradient],
          [operators.conv2d, { x, w }, { ...rest, groups: channels }],
          [operators.conv2dInputGradient, { dy, w }, inputGradient],
        ] as const;
        for (const [op, feeds, given] of jobs) {
          const g = new GraphBuilder();
          const values = Object.entries(feeds).map(([name, { shape }]) =>
            g.input(
              name,
              { dtype: "float32", shape: name === "w" ? shape : ["batch", ...shape.slice(1)] },
              { kind: "data" },
            ),
          );
          const [y] = g.applyAll(op as Operator<string, unknown>, values, given);
          // The largest batch is what is given, or more than that, which is filled up.
          const forms = [
            {},
            { channelBlock: block, largestBatch: 2 },
            { channelBlock: block, largestBatch: 5 },
          ];
          const results = await Promise.all(
            forms.map(async (options) => {
              const model = encodeModel(g.build([y!]), options);
              expect(Buffer.from(model).includes("ReorderInput"), op.name).toBe("channelBlock" in options);
              const session = await runtime.load(model);
              return (await session.run(feeds))[y!.name]!;
            }),
          );
          const [plain, ...blocked] = results.map(({ data }) => Array.from(data, Number));
          const scale = Math.max(...plain!.map(Math.abs));
          for (const values of blocked) {
            const worst = Math.max(...plain!.map((value, index) => Math.abs(value - values[index]!)));
            expect(worst / scale, op.name).toBeLessThan(1e-6);
          }
        }
      },
    );
  },
);
