import { cpSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { lastEvent } from "../support/runCli.ts";
import { workplace } from "../support/workplace.ts";

const golden = (name: string) => fileURLToPath(new URL(`../golden/onnx/${name}`, import.meta.url));
const how = ["--preprocessing", "tf", "--epochs", "2", "--json"];

describe("an ONNX model as --base", () => {
  it("is trained on, stored, verified, and its bundle stands alone", async () => {
    const place = await workplace("onnx base", 8);
    cpSync(golden("vitDynamo.onnx"), place.at("vit.onnx"));
    const words = ["photos", "--base", "vit.onnx"];
    const first = await place.run(["train", ...words, ...how, "--out", "model"]);
    expect(first.code).toBe(0);
    const manifest = JSON.parse(readFileSync(place.at("model", "permafrost.json"), "utf8"));
    expect(manifest.base.source.origin).toBe("vit.onnx");
    const verified = await place.run(["verify", ...words, "--preprocessing", "tf"]);
    expect(verified.stdout).toContain("Same bits");
    rmSync(place.at("vit.onnx"));
    const answer = await place.run(["predict", "model", "photos"]);
    expect(answer.code).toBe(0);
    const asked = ["explain", "model", "photos/across/1.png", "--method", "integrated-gradients", "--json"];
    const explained = lastEvent(await place.run(asked), "explanation");
    expect(explained).toMatchObject({ heatmap: { height: 32, width: 32 } });
    const { completenessError } = explained["heatmap"] as { completenessError: number };
    expect(completenessError).toBeLessThan(0.1);
  });

  it("is explained by the maps of its layers, or, without a gradient, by covering places", async () => {
    const place = await workplace("onnx explain", 8);
    for (const name of ["cnnScript", "quantStatic"]) {
      cpSync(golden(`${name}.onnx`), place.at(`${name}.onnx`));
      await place.run(["train", "photos", "--base", `${name}.onnx`, ...how, "--out", name]);
    }
    const words = ["photos/across/1.png", "--json", "--out"];
    const maps = lastEvent(await place.run(["explain", "cnnScript", ...words, "maps"]), "explanation");
    expect(maps["heatmap"]).toMatchObject({ height: 8, width: 8 });
    const without = await place.run(["explain", "quantStatic", ...words, "none"]);
    expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining("--method occlusion") });
    const covered = await place.run(["explain", "quantStatic", "--method", "occlusion", ...words, "covered"]);
    expect(covered.code).toBe(0);
  }, 60_000);

  it("is fine-tuned from a node on, and the trained weights are in the bundle", async () => {
    const place = await workplace("onnx fine-tuning", 8);
    cpSync(golden("cnnScript.onnx"), place.at("cnn.onnx"));
    const words = ["photos", "--base", "cnn.onnx", "--unfreeze", "from:/wide/Conv"];
    const trained = await place.run(["train", ...words, ...how, "--out", "model"]);
    expect(trained.code).toBe(0);
    const weights = readFileSync(place.at("model", "base.safetensors")).toString("latin1");
    expect(weights).toContain("wide.Conv/wide.weight");
    expect((await place.run(["predict", "model", "photos"])).code).toBe(0);
  });

  it("is shown with its possible cuts", async () => {
    const place = await workplace("onnx inspect", 0);
    cpSync(golden("cnnScript.onnx"), place.at("cnn.onnx"));
    const shown = await place.run(["inspect", "cnn.onnx"]);
    // Initialisers belong to no layer.
    expect(shown.stdout).toMatch(/\ntensor +type +shape\n/);
    expect(shown.stdout).toMatch(/\/Flatten_output_0 +Flatten +\[12\] +48 +default/);
  });
});
