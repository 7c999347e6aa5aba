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
import { parseModel, readModel } from "../../src/onnx/model/readModel.ts";
import { writeModel } from "../../src/onnx/model/writeModel.ts";

const folder = mkdtempSync(path.join(tmpdir(), "permafrost-onnx-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const golden = (name: string) => fileURLToPath(new URL(`../golden/onnx/${name}`, import.meta.url));

test("weights in another file are read from the model's folder", async () => {
  const model = await readModel(golden("external.onnx"));
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
    await expect(readModel(file)).rejects.toThrow(/outside its folder/);
  },
);

test("weights that are not beside the model are asked for by name", async () => {
  const file = path.join(folder, "alone.onnx");
  copyFileSync(golden("external.onnx"), file);
  rmSync(path.join(folder, "external.bin"), { force: true });
  await expect(readModel(file)).rejects.toThrow(/"external\.bin", which is not beside the model/);
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
