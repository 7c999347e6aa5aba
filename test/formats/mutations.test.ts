import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { PermafrostError } from "../../src/base/errors.ts";
import { Random } from "../../src/base/random.ts";
import { openWeights } from "../../src/formats/openWeights.ts";
import { encodeSafetensors } from "../../src/tensor/safetensors.ts";
import { float32, sizeOf } from "../../src/tensor/tensor.ts";
import { mutatedBytes } from "../support/mutations.ts";
import { ggufFile, onnxFile } from "./writeFormats.ts";

/** Files a format: few in every run of the tests, 2,000 with PERMAFROST_MUTATIONS=2000. */
const count = Number(process.env["PERMAFROST_MUTATIONS"] ?? 25);
const longest = 5_000;

const folder = mkdtempSync(path.join(tmpdir(), "permafrost-mutations-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const golden = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../golden/weights/${name}`, import.meta.url)));

const tfjs = JSON.stringify({
  modelTopology: { model_config: { class_name: "Sequential", config: { name: "x" } } },
  weightsManifest: [
    {
      paths: ["shard.bin"],
      weights: [
        { name: "a", shape: [3], dtype: "float32" },
        { name: "b", shape: [2], dtype: "float32", quantization: { dtype: "uint8", scale: 0.5, min: -1 } },
      ],
    },
  ],
});
const index = JSON.stringify({ metadata: {}, weight_map: { w: "shard.safetensors", v: "none.safetensors" } });
const safetensors = encodeSafetensors([
  { name: "w", tensor: float32([2, 3], [1, 2, 3, 4, 5, 6]) },
  { name: "b", tensor: float32([2], [1, 2]) },
]);

const files: readonly (readonly [string, Uint8Array])[] = [
  ...["small.h5", "small.weights.h5", "small.keras", "packed.h5", "arrays.npz", "packed.npz", "one.npy"].map(
    (name) => [name, golden(name)] as const,
  ),
  ["small.onnx", golden("small.onnx")],
  ["external.onnx", onnxFile("shard.bin")],
  ["a.gguf", ggufFile("w", [2, 3], [1, 2, 3, 4, 5, 6])],
  ["a.safetensors", safetensors],
  ["model.json", Buffer.from(tfjs)],
  ["index.json", Buffer.from(index)],
];

/** Opens a file and reads all of it; what is refused must be refused as it should be. */
async function readAll(file: string): Promise<"read" | "refused"> {
  try {
    const weights = await openWeights(file);
    let refused = 0;
    for (const name of weights.tensors.keys()) {
      try {
        const { shape, data } = await weights.read(name);
        expect(data.length).toBe(sizeOf(shape));
        expect(data.byteLength).toBeLessThan(2 ** 25);
      } catch (error) {
        checkRefusal(error);
        refused++;
      }
    }
    await weights.close();
    return refused === 0 ? "read" : "refused";
  } catch (error) {
    checkRefusal(error);
    return "refused";
  }
}

function checkRefusal(error: unknown): void {
  if (!(error instanceof PermafrostError)) throw error;
  expect(["WEIGHTS_INVALID", "FORMAT_UNKNOWN"]).toContain(error.code);
  expect(error.message).toContain(folder);
}

describe("damaged weight files", () => {
  test.each(files)(
    "%s: each is read in the right sizes or refused with file and place",
    async (name, original) => {
      writeFileSync(path.join(folder, "shard.bin"), new Uint8Array(14));
      writeFileSync(path.join(folder, "shard.safetensors"), safetensors);
      const file = path.join(folder, `changed-${name}`);
      let refused = 0;
      for (let turn = 0; turn < count; turn++) {
        writeFileSync(file, mutatedBytes(original, new Random(5, name, turn)));
        const start = performance.now();
        if ((await readAll(file)) === "refused") refused++;
        // No measure of speed: a circle or a lying count would run for minutes.
        expect(performance.now() - start).toBeLessThan(longest);
      }
      expect(refused).toBeGreaterThan(0);
    },
    600_000,
  );
});
