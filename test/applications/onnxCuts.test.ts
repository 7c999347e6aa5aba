import { open, readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { describeCuts } from "../../src/applications/onnx/describeCuts.ts";
import { askedShapes } from "../../src/applications/onnx/inferShapes.ts";
import { nodeShapes } from "../../src/applications/onnx/nodes/nodeShapes.ts";
import { inferredCuts, possibleCuts } from "../../src/applications/onnx/possibleCuts.ts";
import { ruledShapes } from "../../src/applications/onnx/ruledShapes.ts";
import { chosenOutput } from "../../src/onnx/model/chooseOutput.ts";
import { pictureInput } from "../../src/onnx/model/pictureInput.ts";
import type { PlainNode } from "../../src/onnx/model/plainNodes.ts";
import { singleValues } from "../../src/onnx/model/reach.ts";
import { readModel, takeInElements } from "../../src/onnx/model/readModel.ts";
import { readStructure } from "../../src/onnx/model/readStructure.ts";
import { temporaryFolder } from "../support/pictures.ts";

const folder = fileURLToPath(new URL("../golden/onnx/", import.meta.url));
const models = (await readdir(folder)).filter((name) => name.endsWith(".onnx") && name !== "twoInputs.onnx");
const size = { height: 32, width: 32 };

/** A model with a first convolution of so many channels, whose weights take up nearly all of the file: a hole in it. */
async function largeModel(bytes: number): Promise<string> {
  const file = path.join(await temporaryFolder("onnx-cuts"), "large.onnx");
  const channels = Math.round(bytes / 4 / (3 * 32 * 32));
  const field = (number: number, content: Uint8Array | string | number): Uint8Array => {
    if (typeof content === "number") return Buffer.concat([varint(8 * number), varint(content)]);
    const inner = typeof content === "string" ? Buffer.from(content) : content;
    return Buffer.concat([varint(8 * number + 2), varint(inner.length), inner]);
  };
  const message = (...fields: readonly Uint8Array[]) => Buffer.concat(fields);
  const dims = [channels, 3, 32, 32];
  const head = message(...dims.map((each) => field(1, each)), field(2, 1), field(8, "weights"));
  const raw = 4 * dims.reduce((product, each) => product * each, 1);
  const tensorLength = head.length + varint(8 * 9 + 2).length + varint(raw).length + raw;
  const kernel = message(field(1, "strides"), field(20, 7), field(8, 32), field(8, 32));
  const conv = message(
    field(1, "picture"),
    field(1, "weights"),
    field(2, "map"),
    field(4, "Conv"),
    field(5, kernel),
  );
  const relu = message(field(1, "map"), field(2, "features"), field(4, "Relu"));
  const shape = [2, 3, 64, 64].map((each) => field(1, field(1, each)));
  const type = field(1, message(field(1, 1), field(2, message(...shape))));
  const nodes = message(field(1, conv), field(1, relu));
  const ends = message(
    field(11, message(field(1, "picture"), field(2, type))),
    field(12, field(1, "features")),
  );
  const graphLength =
    nodes.length + ends.length + varint(8 * 5 + 2).length + varint(tensorLength).length + tensorLength;
  const before = message(
    field(1, 8),
    field(8, field(2, 17)),
    varint(8 * 7 + 2),
    varint(graphLength),
    nodes,
    varint(8 * 5 + 2),
    varint(tensorLength),
    head,
    varint(8 * 9 + 2),
    varint(raw),
  );
  const handle = await open(file, "w");
  await handle.write(before, 0, before.length, 0);
  await handle.write(ends, 0, ends.length, before.length + raw);
  await handle.close();
  return file;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return Uint8Array.from([...bytes, rest]);
}

describe("the cuts of a model whose weights are not read", () => {
  it.each(models)("of %s are those that a run finds, or it is said that some are missing", async (name) => {
    const file = path.join(folder, name);
    const model = await readModel(file);
    await takeInElements(model, file);
    const run = await possibleCuts(model, chosenOutput(model), size, file);
    const structure = await readStructure(file);
    const inferred = await inferredCuts(structure, chosenOutput(structure), size, file);
    if (inferred.isComplete) expect(inferred).toEqual(run);
    else expect(run.cuts).toEqual(expect.arrayContaining([...inferred.cuts]));
    // Only the sizes in a graph inside a node show in a run alone.
    expect(inferred.isComplete).toBe(name !== "control.onnx");
  });

  const ruled = ["cnnDynamo", "cnnScript", "external", "nhwc", "vitDynamo", "vitScript"];

  it.each(ruled)("are those of ONNX Runtime where our own rules tell them: %s", async (name) => {
    const file = path.join(folder, `${name}.onnx`);
    const structure = await readStructure(file);
    const output = chosenOutput(structure);
    const { name: picture } = pictureInput(structure.graph!, [output], file);
    const values = singleValues(structure.graph!, picture, output);
    const own = ruledShapes(structure, values, size, file);
    expect(own?.size).toBe(values.length);
    expect(own).toEqual(await askedShapes(structure, values, size, file));
  });

  it.each(["control", "fixedBatch", "quantDynamic", "quantStatic", "uint8"])(
    "are asked of ONNX Runtime where our rules do not tell: %s",
    async (name) => {
      const file = path.join(folder, `${name}.onnx`);
      const structure = await readStructure(file);
      const output = chosenOutput(structure);
      const { name: picture } = pictureInput(structure.graph!, [output], file);
      expect(ruledShapes(structure, singleValues(structure.graph!, picture, output), size, file)).toBe(
        undefined,
      );
    },
  );

  it("end where a file asks for more numbers than shapes are computed with", () => {
    const node = (opType: string, inputs: readonly string[], output: string): PlainNode => ({
      opType,
      domain: "",
      name: output,
      inputs,
      outputs: [output],
      attributes: new Map(),
    });
    const column = { dtype: "float32", shape: [32768, 1], data: new Float32Array(32768) } as const;
    const row = { ...column, shape: [1, 256], data: new Float32Array(256) };
    const walked = (nodes: readonly PlainNode[]) =>
      nodeShapes(
        {
          nodes,
          opset: 17,
          initializer: (name) => ({ column, row })[name],
          unreadShape: () => undefined,
          weightAxes: () => 0,
        },
        { name: "picture", shape: ["batch", 3, 8, 8] },
      );
    const relu = node("Relu", ["picture"], "map");
    expect([...walked([relu, node("Add", ["column", "row"], "wide"), node("Relu", ["map"], "end")])]).toEqual(
      [["map", ["batch", 3, 8, 8]]],
    );
    const tall = Array.from({ length: 40 }, (_, index) => node("Sqrt", ["column"], `root${index}`));
    expect(walked([...tall, relu]).size).toBe(0);
    expect(walked([...tall.slice(0, 10), relu]).size).toBe(1);
  });

  it("show of a file of three gigabytes in no more memory than its nodes need", async () => {
    const file = await largeModel(3e9);
    const before = process.memoryUsage().rss;
    const { cuts, isComplete } = await describeCuts(file, { runs: false });
    expect(process.memoryUsage().rss - before).toBeLessThan(256e6);
    expect(isComplete).toBe(true);
    expect(cuts.map(({ value, shape }) => [value, shape])).toEqual([
      ["map", [244141, 2, 2]],
      ["features", [244141, 2, 2]],
    ]);
  });
});
