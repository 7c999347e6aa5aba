import { create } from "@bufbuild/protobuf";
import { expect, it } from "vitest";
import { NodeProtoSchema } from "../../src/onnx/gen/onnx_pb.ts";
import { shareForms } from "../../src/onnx/sharedForms.ts";

const node = (domain: string, opType: string, input: readonly string[], output: string) =>
  create(NodeProtoSchema, { domain, opType, input: [...input], output: [output] });

it("shares what one domain computes twice, also of what was shared", () => {
  const nodes = shareForms(
    [
      node("blocks", "ReorderInput", ["x"], "#0"),
      node("blocks", "Conv", ["#0", "w"], "#1"),
      node("blocks", "ReorderInput", ["x"], "#2"),
      node("blocks", "Conv", ["#2", "w"], "#3"),
      node("blocks", "Conv", ["#2", "v"], "#4"),
      node("", "Neg", ["#3"], "y"),
      node("", "Neg", ["#1"], "z"),
    ],
    "blocks",
  );
  expect(nodes.map(({ opType, input, output }) => [opType, ...input, ...output])).toEqual([
    ["ReorderInput", "x", "#0"],
    ["Conv", "#0", "w", "#1"],
    ["Conv", "#0", "v", "#4"],
    ["Neg", "#1", "y"],
    ["Neg", "#1", "z"],
  ]);
});
