import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { bin, lastEvent } from "../support/runCli.ts";
import { small, stripeClasses, type Workplace, workplace } from "../support/workplace.ts";

let place: Workplace;

beforeAll(async () => {
  place = await workplace("look", 6);
  const run = await place.run(["train", "photos", ...small, "--epochs", "1", "--out", "bundle"]);
  expect(run.code).toBe(0);
}, 60_000);

describe("scan", () => {
  it("ends with 0 on a clean folder, also with --strict", async () => {
    const run = await place.run(["scan", "photos", "--strict"]);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain("3 classes, 18 images");
    expect(run.stdout).toContain("Nothing found that needs attention.");
  });

  it("tells of findings; --strict makes them an error", async () => {
    await cp(place.photos, place.at("odd"), { recursive: true });
    await cp(place.at("odd", "across", "0.png"), place.at("odd", "upright", "copy.png"));
    await writeFile(place.at("odd", "across", "text.jpg"), "no picture");
    const [run, strict] = await Promise.all([
      place.run(["scan", "odd", "--json"]),
      place.run(["scan", "odd", "--strict"]),
    ]);
    expect(run.code).toBe(0);
    const report = lastEvent(run, "scan");
    expect(report).toMatchObject({
      layout: "classes",
      images: 20,
      unreadable: 1,
      formats: { png: 19 },
      classes: stripeClasses.map((className) => ({ className })),
    });
    const kinds = (report["findings"] as { kind: string }[]).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(["unreadable", "label-conflict"]));
    expect(strict.code).toBe(1);
    expect(strict.stdout).toContain("upright/copy.png");
  });
});

describe("inspect", () => {
  it("names the classes beside a model of Teachable Machine", async () => {
    const model = fileURLToPath(new URL("../golden/models/teachable", import.meta.url));
    const [shown, run] = await Promise.all([
      place.run(["inspect", model]),
      place.run(["inspect", model, "--json"]),
    ]);
    expect(shown.stdout).toMatch(/\nClasses +cat, dog\n/);
    expect(lastEvent(run, "weights")["classes"]).toEqual(["cat", "dog"]);
  });

  it("says that there is neither file nor folder", async () => {
    const run = await place.run(["inspect", "vgg16.h5"]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("vgg16.h5: there is no such file or folder. Give a file of weights or");
  });

  it("shows classes, base, head, preprocessing, scores and the command that made the bundle", async () => {
    const run = await place.run(["inspect", "bundle"]);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain("Classes  across, slanted, upright");
    expect(run.stdout).toMatch(/^Base {5}mobilenet_v3_small, weights sha256 [0-9a-f]{16}$/m);
    expect(run.stdout).toContain("Input    96 x 96 pixels");
    expect(run.stdout).toContain("Made by  permafrost train photos --image-size 96 --epochs 1 --out bundle");
    expect(run.stdout).toMatch(/^validation +[\d.]+ % +[\d.]+$/m);
  });

  it("prints one JSON object", async () => {
    const run = await place.run(["inspect", "bundle", "--json"]);
    expect(run.stdout.trimEnd().split("\n").length).toBe(1);
    expect(lastEvent(run, "bundle")).toMatchObject({
      version: 1,
      classes: stripeClasses,
      base: {
        name: "mobilenet_v3_small",
        weightsDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
        embedded: false,
      },
      run: { seed: 0, dataDigest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });
});

describe("doctor", () => {
  it("finds everything here and ends with 0", async () => {
    const run = await place.run(["doctor"]);
    expect(run.stdout).toMatch(/^ok +engine +onnxruntime-node \d+\.\d+\.\d+;/m);
    expect(run.stdout).toMatch(/^ok +numerics class /m);
    expect(run.stdout).toContain(place.store);
    expect(run.code).toBe(0);
  });

  it("lets the engine keep no record of its use in the user's folders", async () => {
    await mkdir(place.at("home"));
    const run = await place.run(["doctor"], { environment: { HOME: place.at("home"), XDG_CACHE_HOME: "" } });
    expect(run.code).toBe(0);
    expect(await readdir(place.at("home"))).toEqual([]);
  });

  it("prints one JSON object, each check with what was found", async () => {
    const run = await place.run(["doctor", "--json"]);
    expect(run.stdout.trimEnd().split("\n").length).toBe(1);
    const report = lastEvent(run, "doctor");
    expect(report["ok"]).toBe(true);
    const checks = report["checks"] as { name: string; ok: boolean; found: string }[];
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "node",
        "platform",
        "engine",
        "numerics class",
        "cores",
        "memory",
        "feature store",
      ]),
    );
    for (const check of checks) expect(check.found).not.toBe("");
  });
});

describe("a reader that goes away", () => {
  it("ends the process without a stack trace", async () => {
    const { spawn } = await import("node:child_process");
    const child = spawn(process.execPath, [bin, "scan", "photos"], { cwd: place.folder });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (text: Buffer) => {
      stderr += text;
    });
    await new Promise((resolve) => child.on("close", resolve));
    expect(stderr).toBe("");
  });
});
