import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { describeCuts } from "../../src/applications/onnx/describeCuts.ts";
import { ruledShapes } from "../../src/applications/onnx/ruledShapes.ts";
import { PermafrostError } from "../../src/base/errors.ts";
import { Random } from "../../src/base/random.ts";
import { beforeClassifier, chosenOutput } from "../../src/onnx/model/chooseOutput.ts";
import { cutModel } from "../../src/onnx/model/cutModel.ts";
import { pictureInput } from "../../src/onnx/model/pictureInput.ts";
import { plainGraph } from "../../src/onnx/model/plainNodes.ts";
import { dependentsOf, singleValues } from "../../src/onnx/model/reach.ts";
import { type OnnxModel, readModel, takeInElements } from "../../src/onnx/model/readModel.ts";
import { readStructure } from "../../src/onnx/model/readStructure.ts";
import { writeModel } from "../../src/onnx/model/writeModel.ts";
import { mutatedBytes } from "../support/mutations.ts";

/** Files a model: few in every run of the tests, 2,000 of all with PERMAFROST_MUTATIONS=500. */
const count = Number(process.env["PERMAFROST_MUTATIONS"] ?? 25);
const longest = 5_000;

const folder = mkdtempSync(path.join(tmpdir(), "permafrost-models-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const models = ["cnnScript", "vitDynamo", "control", "quantDynamic", "external"];
const golden = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../golden/onnx/${name}`, import.meta.url)));

const refusals = ["WEIGHTS_INVALID", "SHAPE_MISMATCH", "ENGINE_FAILED", "UNKNOWN_NAME"];

/** All that is done with a model before ONNX Runtime sees it. */
async function takeApart(file: string): Promise<"read" | "refused"> {
  try {
    const structure = await readStructure(file).catch(checkRefusal);
    if (structure !== undefined) findShapes(structure, file);
    const model = await readModel(file);
    await takeInElements(model, file);
    const output = chosenOutput(model);
    const { name } = pictureInput(model.graph!, [output], file);
    const cut = beforeClassifier(model.graph!, output, dependentsOf(model.graph!.node, name));
    singleValues(model.graph!, name, output);
    plainGraph(model, cut);
    writeModel(cutModel(model, [cut]));
    return "read";
  } catch (error) {
    checkRefusal(error);
    return "refused";
  }
}

/** As `describeCuts` does, without a process for what our rules do not tell. */
function findShapes(structure: OnnxModel, file: string): void {
  const output = chosenOutput(structure);
  const { name } = pictureInput(structure.graph!, [output], file);
  const values = singleValues(structure.graph!, name, output);
  ruledShapes(structure, values, { height: 32, width: 32 }, file);
}

function checkRefusal(error: unknown): void {
  if (!(error instanceof PermafrostError)) throw error;
  expect(refusals).toContain(error.code);
  expect(error.message).toContain(folder);
}

describe("damaged ONNX models", () => {
  test.each(models)(
    "%s: each is taken apart or refused with file and place",
    async (name) => {
      writeFileSync(path.join(folder, "external.bin"), golden("external.bin"));
      const original = golden(`${name}.onnx`);
      const file = path.join(folder, `${name}.onnx`);
      let refused = 0;
      for (let turn = 0; turn < count; turn++) {
        writeFileSync(file, mutatedBytes(original, new Random(6, name, turn)));
        const start = performance.now();
        if ((await takeApart(file)) === "refused") refused++;
        // No measure of speed: a circle or a lying count would run for minutes.
        expect(performance.now() - start).toBeLessThan(longest);
      }
      expect(refused).toBeGreaterThan(0);
    },
    600_000,
  );

  test.each([
    ["nodes", Buffer.from([0x0a, 0x00])],
    ["whole numbers", Buffer.from([0x2a, 0x04, 0x3a, 0x02, 0x01, 0x01])],
  ])("a file of a million empty %s is refused before it is built", async (_what, part) => {
    const graph = Buffer.concat(Array.from({ length: 1_000_000 }, () => part));
    const length = [
      graph.length & 127,
      (graph.length >> 7) & 127,
      (graph.length >> 14) & 127,
      graph.length >> 21,
    ];
    const head = [0x3a, ...length.map((byte, place) => (place < 3 ? byte | 128 : byte))];
    const file = path.join(folder, "empty.onnx");
    writeFileSync(file, Buffer.concat([Buffer.from(head), graph]));
    await expect(readModel(file)).rejects.toThrow(/more than three times its size in memory/);
  });

  test("what ONNX Runtime makes of the others never ends this process", async () => {
    const original = golden("control.onnx");
    const file = path.join(folder, "tried.onnx");
    for (let turn = 0; turn < Math.ceil(count / 8); turn++) {
      writeFileSync(file, mutatedBytes(original, new Random(7, "tried", turn)));
      await describeCuts(file, { side: 32 }).catch(checkRefusal);
    }
  }, 600_000);
});
