import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Callback } from "../../src/training/callbacks/callback.ts";
import { BackupAndRestore, compileModel, fit } from "../../src/training/index.ts";
import {
  bitsOf,
  frozenBaseAndHead,
  smallHead,
  smallPictures,
  smallProblem,
} from "../support/smallProblem.ts";

const { x, y } = smallPictures(40);
const folder = mkdtempSync(path.join(tmpdir(), "permafrost-mixing-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function trained(options: object = {}) {
  const model = frozenBaseAndHead();
  const compiled = compileModel(model, { loss: "binary_crossentropy", optimizer: "adam", metrics: ["acc"] });
  const { history } = await fit(compiled, x, y, { epochs: 3, batchSize: 8, seed: 2, ...options });
  return { bits: bitsOf(model), history };
}

describe("fit with mixup and cutmix", () => {
  it("gives the same bits again, others with another seed or without", async () => {
    const once = await trained({ mixup: 0.4, cutmix: 1 });
    expect(await trained({ mixup: 0.4, cutmix: 1 })).toEqual(once);
    expect((await trained({ mixup: 0.4, cutmix: 1, seed: 3 })).bits).not.toEqual(once.bits);
    expect((await trained()).bits).not.toEqual(once.bits);
  });

  it("runs the frozen part on mixed pictures, never on stored ones", async () => {
    let isAsked = false;
    const frozenPart = () => {
      isAsked = true;
      throw new Error("the training samples have no frozen part");
    };
    expect((await trained({ mixup: 0.4, frozenPart })).bits).toEqual((await trained({ mixup: 0.4 })).bits);
    expect(isAsked).toBe(false);
  });

  it("still computes what is frozen once for the validation samples", async () => {
    const common = { mixup: 0.4, validationSplit: 0.25 };
    const plain = await trained({ ...common, oncePerSample: false });
    expect(await trained(common)).toEqual(plain);
  });

  it("goes on in the middle of an epoch with the same bits", async () => {
    const mixing = { mixup: 0.4, cutmix: 1 };
    const bomb: Callback = {
      wantsStepSettled({ iteration }) {
        if (iteration === 9) throw new Error("killed");
        return false;
      },
    };
    const backup = new BackupAndRestore({ backupDir: folder, saveFreq: 2 });
    await expect(trained({ ...mixing, callbacks: [backup, bomb] })).rejects.toThrow("killed");
    expect(await trained({ ...mixing, callbacks: [backup] })).toEqual(await trained(mixing));
  });

  it("refuses class numbers, and cutmix of rows", async () => {
    const sparse = compileModel(frozenBaseAndHead(), { loss: "sparse_categorical_crossentropy" });
    const zeros = y.map(() => 0);
    await expect(fit(sparse, x, zeros, { mixup: 0.2 })).rejects.toThrow("class numbers cannot be mixed");
    const rows = smallProblem(10);
    const head = compileModel(smallHead(), { loss: "binary_crossentropy" });
    await expect(fit(head, rows.x, rows.y, { cutmix: 1 })).rejects.toThrow("cutmix: expected pictures");
  });
});
