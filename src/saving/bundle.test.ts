import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { digestOf, sha256 } from "../base/digest.ts";
import { PermafrostError } from "../base/errors.ts";
import { Random } from "../base/random.ts";
import { classificationScores } from "../evaluation/scores.ts";
import { encodeSafetensors } from "../tensor/safetensors.ts";
import { float32 } from "../tensor/tensor.ts";
import type { BundleContents } from "./bundleContents.ts";
import { asideName } from "./folderSwap.ts";
import { checkBase, describeBundleFolder, loadBundle } from "./loadBundle.ts";
import { checkReplaceable, saveBundle } from "./saveBundle.ts";

function bundle(value: number, elements = 6): BundleContents {
  return {
    task: "classification",
    classNames: ["cats", 'dogs & "wolves" <b>🐺'],
    preprocessing: {
      height: 224,
      width: 224,
      filter: "bilinear",
      fit: "stretch",
      scale: 1 / 255,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      order: "rgb",
    },
    base: { name: "mobilenet_v3_small", options: { pooling: "avg" }, weightsDigest: sha256("base") },
    head: {
      layers: [{ kind: "Dense", name: "dense", config: { units: 2, activation: "softmax" } }],
      weights: [
        { name: "dense/kernel", tensor: float32([elements / 2, 2], new Float32Array(elements).fill(value)) },
        { name: "dense/bias", tensor: float32([2], [value, -value]) },
      ],
    },
    decision: { rule: "argmax" },
    calibration: { temperature: 1.25, samples: 40, lossBefore: 0.31, lossAfter: 0.29 },
    metrics: { validation: { accuracy: 0.94, loss: 0.2 } },
    run: {
      command: "permafrost train photos",
      versions: { permafrost: "0.1.0" },
      seed: 0,
      dataDigest: sha256("data"),
      numericsClass: "engine 1, linux-x64, avx2, all",
      date: "2026-01-01T00:00:00.000Z",
    },
  };
}

const place = mkdtempSync(path.join(tmpdir(), "permafrost-bundle-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));
let count = 0;
let target = "";
beforeEach(() => {
  target = path.join(place, `case ${count++}`, "model");
  mkdirSync(path.dirname(target));
});

const beside = () => readdirSync(path.dirname(target));

async function failure(work: Promise<unknown>): Promise<PermafrostError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof PermafrostError) return error;
  throw error ?? new Error("expected a failure");
}

/** Changes members of the manifest and writes a digest that fits. */
function edit(change: Readonly<Record<string, unknown>>): void {
  const file = path.join(target, "permafrost.json");
  const { digest: _, ...members } = { ...JSON.parse(readFileSync(file, "utf8")), ...change };
  writeFileSync(file, JSON.stringify({ ...members, digest: digestOf(members) }));
}

describe("a bundle", () => {
  test("comes back as it was written, with and without the base", async () => {
    await saveBundle(target, bundle(1));
    expect(await loadBundle(target)).toEqual(bundle(1));
    const whole = {
      ...bundle(2),
      embeddedBase: [{ name: "conv/kernel", tensor: float32([1, 1, 3, 1], [1, 2, 3]) }],
    };
    await saveBundle(target, whole);
    expect(await loadBundle(target)).toEqual(whole);
    expect(beside()).toEqual(["model"]);
  });

  test("is a folder of named files that other programs can read", async () => {
    await saveBundle(target, bundle(1), { attachments: [{ name: "report.html", content: "<p>" }] });
    expect(readdirSync(target).sort()).toEqual(["head.safetensors", "permafrost.json", "report.html"]);
    const manifest = JSON.parse(readFileSync(path.join(target, "permafrost.json"), "utf8"));
    expect(manifest).toMatchObject({
      schema: "permafrost.bundle",
      version: 1,
      classNames: bundle(1).classNames,
    });
    expect(manifest.files["report.html"]).toEqual({ bytes: 3, sha256: sha256("<p>") });
  });

  test.each([
    ["another form", {}, { form: "torch" }, 3],
    ["the whole", {}, { cut: "block4_pool" }, 4],
    ["the whole in another form", {}, { form: "torch", cut: "block4_pool" }, 4],
    ["nothing else, because the model itself is cut", { name: "onnx" }, { cut: "features" }, 1],
  ])("has the version of programs that would not build %s", async (_what, base, more, version) => {
    const contents = bundle(1);
    const options = { ...contents.base.options, ...more };
    await saveBundle(target, { ...contents, base: { ...contents.base, ...base, options } });
    expect((await describeBundleFolder(target)).version).toBe(version);
    expect(JSON.parse(readFileSync(path.join(target, "permafrost.json"), "utf8")).version).toBe(version);
    expect((await loadBundle(target)).base.options).toEqual(options);
  });

  test("describes itself without reading weights", async () => {
    await saveBundle(target, bundle(1));
    rmSync(path.join(target, "head.safetensors"));
    const { version, embedsBase, head } = await describeBundleFolder(target);
    expect({ version, embedsBase, head }).toEqual({
      version: 1,
      embedsBase: false,
      head: { layers: bundle(1).head.layers },
    });
  });

  test("takes records of any type that JSON can hold, such as scores", async () => {
    const test = classificationScores(Float32Array.of(0.9, 0.2), [1, 0], ["a", "b"]);
    await saveBundle(target, { ...bundle(1), metrics: { test } });
    expect((await loadBundle(target)).metrics).toEqual({ test });
  });

  test("numbers that JSON lacks become null and the digest still fits", async () => {
    await saveBundle(target, { ...bundle(1), metrics: { train: { loss: Number.NaN } } });
    expect((await loadBundle(target)).metrics).toEqual({ train: { loss: null } });
  });

  test("with another base than it was trained on is refused, naming both digests", () => {
    const { base } = bundle(1);
    expect(() => checkBase("model", base, base.weightsDigest)).not.toThrow();
    expect(() => checkBase("model", base, sha256("other"))).toThrow(
      /weights of SHA-256 .* here they have .*Use the same/,
    );
  });
});

describe("what is not a sound bundle is refused with the reason", () => {
  test("a missing folder, an empty one, a file", async () => {
    expect(await failure(loadBundle(target))).toMatchObject({ code: "NOT_FOUND" });
    mkdirSync(target);
    expect(await failure(loadBundle(target))).toMatchObject({
      code: "BUNDLE_INVALID",
      message: expect.stringContaining("it has no permafrost.json"),
    });
    const file = path.join(target, "model.bin");
    writeFileSync(file, "x");
    expect(await failure(loadBundle(file))).toMatchObject({ code: "BUNDLE_INVALID" });
  });

  test("a newer version", async () => {
    await saveBundle(target, bundle(1));
    edit({ version: 5, task: "something new" });
    expect(await failure(loadBundle(target))).toMatchObject({
      code: "BUNDLE_NEWER",
      message: expect.stringMatching(
        /permafrost\.json: written by a newer permafrost: bundle version 5, .* up to 4\. Update/,
      ),
    });
  });

  test.each([
    [{ schema: "other" }, 'expected the schema "permafrost.bundle", got "other"'],
    [{ version: 0 }, "version: expected a number from 1"],
    [{ classNames: ["a", "a"] }, 'classNames[1]: expected a name not yet in the list, got "a"'],
    [{ classNames: "cats" }, "classNames: expected a list of texts"],
    [
      { preprocessing: { ...bundle(1).preprocessing, width: 1e9 } },
      "preprocessing.width: expected a number from 1 to 16384",
    ],
    [{ preprocessing: { ...bundle(1).preprocessing, std: [1, 0, 1] } }, "preprocessing.std[1]"],
    [{ base: { ...bundle(1).base, weightsDigest: "x" } }, "base.weightsDigest: expected a SHA-256"],
    [{ head: { layers: [{ kind: 3 }] } }, "head.layers[0].kind: expected text, got 3"],
    [
      { calibration: { temperature: 0, samples: 1, lossBefore: 1, lossAfter: 1 } },
      "calibration.temperature: expected",
    ],
    [{ decision: { rule: "eval" } }, "decision.rule: expected one of argmax, threshold"],
    [
      { files: { "../head.safetensors": { bytes: 1, sha256: sha256("") } } },
      '"../head.safetensors" is not a plain file name',
    ],
    [{ files: {} }, "head.safetensors: not listed"],
  ])("a manifest with %j", async (change, message) => {
    await saveBundle(target, bundle(1));
    edit(change);
    expect(await failure(loadBundle(target))).toMatchObject({
      code: "BUNDLE_INVALID",
      message: expect.stringContaining(message),
    });
  });

  test("a manifest changed by hand, a changed weight, a missing file", async () => {
    await saveBundle(target, bundle(1));
    const manifest = path.join(target, "permafrost.json");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace("cats", "hats"));
    expect(await failure(loadBundle(target))).toMatchObject({ code: "DIGEST_MISMATCH" });

    const head = path.join(target, "head.safetensors");
    rmSync(target, { recursive: true });
    await saveBundle(target, bundle(1));
    const bytes = readFileSync(head);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(head, bytes);
    expect(await failure(loadBundle(target))).toMatchObject({
      code: "DIGEST_MISMATCH",
      message: expect.stringContaining("head.safetensors: its content is not what was written"),
    });
    rmSync(head);
    expect(await failure(loadBundle(target))).toMatchObject({
      message: expect.stringContaining("head.safetensors: missing"),
    });
  });

  test("weights of another kind, though the digests fit", async () => {
    await saveBundle(target, bundle(1));
    const bytes = encodeSafetensors([
      { name: "a", tensor: { dtype: "uint8", shape: [1], data: Uint8Array.of(1) } },
    ]);
    writeFileSync(path.join(target, "head.safetensors"), bytes);
    edit({ files: { "head.safetensors": { bytes: bytes.length, sha256: sha256(bytes) } } });
    expect(await failure(loadBundle(target))).toMatchObject({ code: "WEIGHTS_INVALID" });
  });

  test("any change of the manifest's bytes is noticed or means the same", async () => {
    await saveBundle(target, bundle(1));
    const file = path.join(target, "permafrost.json");
    const good = readFileSync(file);
    const change = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        writeFileSync(file, bytes);
        const read = await loadBundle(target).catch((error: unknown) => error);
        if (read instanceof PermafrostError) return;
        expect(read).toEqual(bundle(1));
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});

describe("saving over something", () => {
  test("an older bundle of ours is replaced, with what belongs to it", async () => {
    await saveBundle(target, bundle(1), { attachments: [{ name: "report.html", content: "old" }] });
    await saveBundle(target, bundle(2));
    expect(await loadBundle(target)).toEqual(bundle(2));
    expect(readdirSync(target).sort()).toEqual(["head.safetensors", "permafrost.json"]);
    expect(beside()).toEqual(["model"]);
  });

  test("an empty folder, and one that only a file manager has touched, are taken", async () => {
    mkdirSync(target);
    await saveBundle(target, bundle(1));
    rmSync(target, { recursive: true });
    mkdirSync(target);
    writeFileSync(path.join(target, ".DS_Store"), "x");
    await saveBundle(target, bundle(1));
    expect(await loadBundle(target)).toEqual(bundle(1));
  });

  test("somebody else's folder stays as it is", async () => {
    mkdirSync(target);
    writeFileSync(path.join(target, "thesis.txt"), "mine");
    const error = await failure(saveBundle(target, bundle(1)));
    expect(error.code).toBe("OUTPUT_EXISTS");
    expect(error.message).toMatch(/exists already and is not a bundle: "thesis\.txt"\. Nothing was changed/);
    expect(readdirSync(target)).toEqual(["thesis.txt"]);
    expect(beside()).toEqual(["model"]);
  });

  test("a bundle that holds another's file, a damaged bundle, and a file are not replaced", async () => {
    await saveBundle(target, bundle(1));
    writeFileSync(path.join(target, "notes.txt"), "mine");
    expect((await failure(saveBundle(target, bundle(2)))).message).toContain('has not written: "notes.txt"');
    rmSync(path.join(target, "notes.txt"));
    writeFileSync(path.join(target, "permafrost.json"), "{");
    expect((await failure(checkReplaceable(target))).message).toContain("cannot be read");
    const file = path.join(place, "file");
    writeFileSync(file, "x");
    expect((await failure(saveBundle(file, bundle(1)))).message).toContain("is a file, not a folder");
    expect(readFileSync(file, "utf8")).toBe("x");
  });
});

describe("a stop at any moment", () => {
  test("between the two renames leaves the old bundle, which is read and then replaced", async () => {
    await saveBundle(target, bundle(1));
    renameSync(target, asideName(target));
    expect(await loadBundle(target)).toEqual(bundle(1));
    await saveBundle(target, bundle(2));
    expect(await loadBundle(target)).toEqual(bundle(2));
    expect(beside()).toEqual(["model"]);
  });

  test("after the second rename leaves the new bundle; the old one goes with the next save", async () => {
    await saveBundle(target, bundle(1));
    renameSync(target, asideName(target));
    await saveBundle(path.join(place, "elsewhere"), bundle(2));
    renameSync(path.join(place, "elsewhere"), target);
    expect(await loadBundle(target)).toEqual(bundle(2));
    await saveBundle(target, bundle(3));
    expect(beside()).toEqual(["model"]);
  });

  const built = fileURLToPath(new URL("../../dist/saving/saveBundle.js", import.meta.url));

  test("kill -9 in a loop: always one whole bundle", async (context) => {
    if (!existsSync(built)) return context.skip("dist/ is missing: npm run build");
    const contents = [bundle(1, 200_000), bundle(2, 200_000)];
    const code = `
      import { saveBundle } from ${JSON.stringify(pathToFileURL(built).href)};
      const contents = JSON.parse(process.argv[1]).map((one, index) => ({ ...one, head: { ...one.head, weights: [
        { name: "dense/kernel", tensor: { dtype: "float32", shape: [100000, 2], data: new Float32Array(200000).fill(index + 1) } },
        { name: "dense/bias", tensor: { dtype: "float32", shape: [2], data: Float32Array.of(index + 1, -index - 1) } } ] } }));
      for (let i = 0; ; i++) { await saveBundle(process.argv[2], contents[i % 2]); if (i === 1) process.stdout.write("ready"); }`;
    const plain = JSON.stringify(contents.map((one) => ({ ...one, head: { layers: one.head.layers } })));
    const random = new Random(5, "kill");
    for (let round = 0; round < 10; round++) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", code, plain, target], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = new Promise((resolve) => child.on("exit", resolve));
      await Promise.race([new Promise((resolve) => child.stdout.once("data", resolve)), ended]);
      await sleep(random.integer(40));
      child.kill("SIGKILL");
      await ended;
      expect(contents).toContainEqual(await loadBundle(target));
    }
    await saveBundle(target, bundle(3));
    expect(await loadBundle(target)).toEqual(bundle(3));
    expect(existsSync(asideName(target))).toBe(false);
  });
});

test("strays of killed writers are removed once they are a day old", async () => {
  const [old, fresh] = [".tmp-model-0123456789ab", ".tmp-model-abcdefabcdef"].map((name) =>
    path.join(path.dirname(target), name),
  );
  for (const stray of [old!, fresh!]) mkdirSync(stray);
  utimesSync(old!, new Date(0), new Date(0));
  await saveBundle(target, bundle(1));
  expect(beside().sort()).toEqual([".tmp-model-abcdefabcdef", "model"]);
});

function run(program: string, ...args: readonly string[]): void {
  execFileSync(program, args, { stdio: "ignore" });
}

/** A disk of 256 KB, where the system lets us make one. */
function tmpfs(): string | undefined {
  const folder = path.join(place, "small disk");
  try {
    mkdirSync(folder);
    run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder);
    return folder;
  } catch {
    return undefined;
  }
}

test("a full disk is said by name and leaves the old bundle", async (context) => {
  const disk = tmpfs();
  if (disk === undefined) return context.skip("no permission to mount a small disk");
  try {
    const model = path.join(disk, "model");
    await saveBundle(model, bundle(1));
    const error = await failure(saveBundle(model, bundle(2, 200_000)));
    expect(error).toMatchObject({ code: "DISK_FULL", message: expect.stringContaining("model") });
    expect(await loadBundle(model)).toEqual(bundle(1));
    expect(readdirSync(disk)).toEqual(["model"]);
  } finally {
    run("umount", disk);
  }
});
