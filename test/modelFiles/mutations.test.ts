import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { PermafrostError } from "../../src/base/errors.ts";
import { Random } from "../../src/base/random.ts";
import { isRecord } from "../../src/formats/json.ts";
import { openWeights } from "../../src/formats/openWeights.ts";
import { loadBaseModel, loadModel } from "../../src/modelFiles/loadModel.ts";
import { readModel } from "../../src/modelFiles/readModel.ts";
import { mutatedBytes, mutatedJson } from "../support/mutations.ts";

/** Files a format: few in every run of the tests, 2,000 with PERMAFROST_MUTATIONS=2000. */
const count = Number(process.env["PERMAFROST_MUTATIONS"] ?? 20);
const longest = 5_000;
const mostBytes = 64 * 2 ** 20;

const models = fileURLToPath(new URL("../golden/models", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "permafrost-mutations-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Whether something was refused; what is refused must be refused as it should be. */
async function isRefused(work: () => Promise<unknown> | unknown): Promise<boolean> {
  const start = performance.now();
  const before = process.memoryUsage().arrayBuffers;
  try {
    await work();
    return false;
  } catch (error) {
    if (!(error instanceof PermafrostError)) throw error;
    expect(["WEIGHTS_INVALID", "FORMAT_UNKNOWN", "MODEL_UNSUPPORTED", "INVALID_ARGUMENT"]).toContain(
      error.code,
    );
    return true;
  } finally {
    // No measure of speed: a circle or a lying count would run for minutes.
    expect(performance.now() - start).toBeLessThan(longest);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(mostBytes);
  }
}

describe("damaged model files", () => {
  const files = ["nested3.keras", "nested2.h5", "keras1.h5", "teachable/model.json", "quantized/model.json"];

  test.each(files)(
    "%s: each is loaded or refused",
    async (name) => {
      const original = readFileSync(path.join(models, name));
      const place = path.join(folder, path.dirname(name));
      cpSync(path.join(models, path.dirname(name)), place, { recursive: true });
      const file = path.join(place, `changed-${path.basename(name)}`);
      let refused = 0;
      for (let turn = 0; turn < count; turn++) {
        writeFileSync(file, mutatedBytes(original, new Random(6, name, turn)));
        if (await isRefused(() => loadModel(file))) refused++;
        await isRefused(() => loadBaseModel(file));
      }
      expect(refused).toBeGreaterThan(0);
    },
    900_000,
  );

  test.each(["nested3.keras", "stack3.keras", "nested2.h5", "keras1.h5"])(
    "%s: its configuration with parts replaced is read or refused",
    async (name) => {
      const file = await openWeights(path.join(models, name));
      const config: unknown = JSON.parse(file.metadata.get("model_config")!);
      const kerasVersion = file.metadata.get("keras_version");
      await file.close();
      let refused = 0;
      for (let turn = 0; turn < 5 * count; turn++) {
        const changed = mutatedJson(config, new Random(7, name, turn));
        const options = { path: `${name} ${turn}`, kerasVersion, maxWeights: 10_000 };
        if (await isRefused(() => readModel(isRecord(changed) ? changed : {}, options))) refused++;
      }
      expect(refused).toBeGreaterThan(0);
    },
    900_000,
  );
});
