import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { create } from "@bufbuild/protobuf";
import { afterAll, expect, test } from "vitest";
import { fromOnnx } from "../../src/applications/onnx/fromOnnx.ts";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  NodeProtoSchema,
} from "../../src/onnx/gen/onnx_pb.ts";
import { cutModel } from "../../src/onnx/model/cutModel.ts";
import { parseModel, readModel, takeInElements } from "../../src/onnx/model/readModel.ts";
import { writeModel } from "../../src/onnx/model/writeModel.ts";

const folder = mkdtempSync(path.join(tmpdir(), "permafrost-onnx-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const golden = (name: string) => fileURLToPath(new URL(`../golden/onnx/${name}`, import.meta.url));

test("weights in another file are read from the model's folder", async () => {
  const model = await readModel(golden("external.onnx"));
  await takeInElements(model, golden("external.onnx"));
  const whole = await readModel(golden("cnnScript.onnx"));
  const bytes = ({ graph }: typeof model) =>
    new Map(graph!.initializer.map(({ name, rawData }) => [name, Buffer.from(rawData).toString("hex")]));
  expect(bytes(model)).toEqual(bytes(whole));
});

test.each(["../external.bin", "/etc/hostname", "a/../../external.bin"])(
  "weights at %s are not read: it leads out of the folder",
  async (location) => {
    mkdirSync(path.join(folder, "inside"), { recursive: true });
    copyFileSync(golden("external.bin"), path.join(folder, "external.bin"));
    const model = parseModel(readFileSync(golden("external.onnx")), "external");
    for (const { externalData } of model.graph!.initializer)
      for (const entry of externalData) if (entry.key === "location") entry.value = location;
    const file = path.join(folder, "inside", "outside.onnx");
    writeFileSync(file, writeModel(model));
    await expect(takeInElements(await readModel(file), file)).rejects.toThrow(/outside its folder/);
  },
);

test("weights that are not beside the model are asked for by name", async () => {
  const file = path.join(folder, "alone.onnx");
  copyFileSync(golden("external.onnx"), file);
  rmSync(path.join(folder, "external.bin"), { force: true });
  await expect(takeInElements(await readModel(file), file)).rejects.toThrow(
    /"external\.bin", which is not beside the model/,
  );
});

test("of weights in other files only those below the cut count, and are read", async () => {
  const file = golden("external.onnx");
  const whole = await readModel(file);
  const names = (model: typeof whole) => model.graph!.initializer.map(({ name }) => name);
  const limit = 4500;
  await expect(takeInElements(whole, file, limit)).rejects.toThrow(
    /external\.onnx: \d+ bytes of weights below the cut, and ONNX Runtime takes a model of at most 4500\. Cut it lower with --cut; permafrost inspect .*external\.onnx shows where/,
  );
  expect(whole.graph!.initializer.every(({ rawData }) => rawData.length === 0)).toBe(true);
  const part = cutModel(whole, ["/Add_output_0"]);
  await takeInElements(part, file, limit);
  expect(names(part).length).toBeLessThan(names(whole).length);
  expect(part.graph!.initializer.every(({ rawData }) => rawData.length > 0)).toBe(true);
});

test("a file above the limit of its format is refused with its size and what to do", async () => {
  const file = golden("cnnScript.onnx");
  await expect(readModel(file, 8000)).rejects.toThrow(
    /cnnScript\.onnx: an ONNX file of 8160 bytes, and the format \(one protobuf message\) ends at 8000\. Export the model again with its weights in files beside it/,
  );
});

test("an operator without a gradient is named with its node and the place above it", async () => {
  const model = await readModel(golden("cnnScript.onnx"));
  const node = model.graph!.node.find(({ opType }) => opType === "HardSwish")!;
  // The same function by an operator that has no rule here.
  const attribute = [
    create(AttributeProtoSchema, { name: "alpha", type: AttributeProto_AttributeType.FLOAT, f: 1 }),
  ];
  const celu = create(NodeProtoSchema, { ...node, $typeName: "onnx.NodeProto", opType: "Celu", attribute });
  model.graph!.node.splice(model.graph!.node.indexOf(node), 1, celu);
  const file = path.join(folder, "celu.onnx");
  writeFileSync(file, writeModel(model));
  const options = { preprocessing: "rescale" } as const;
  await expect(fromOnnx(file, { ...options, unfreeze: "all" })).rejects.toThrow(
    /node "\/HardSwish" \(Celu\) cannot be trained: this operator has no gradient rule\. Freeze it: the lowest place above it is "\/Add_output_0", so train from there on \(--unfreeze from:wide\.Conv\)/,
  );
  const base = await fromOnnx(file, { ...options, unfreeze: "from:wide.Conv" });
  expect(base.layers.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["frozen", "wide.Conv", "Clip", "features"]),
  );
});
