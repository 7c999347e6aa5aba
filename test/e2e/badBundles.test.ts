import { cp, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../src/base/digest.ts";
import { loadBundle } from "../../src/saving/loadBundle.ts";
import { saveBundle } from "../../src/saving/saveBundle.ts";
import { expectRefusal } from "../support/expectRefusal.ts";
import { type CliRun, lastEvent } from "../support/runCli.ts";
import { small, type Workplace, workplace } from "../support/workplace.ts";

let place: Workplace;

beforeAll(async () => {
  place = await workplace("bundles", 6);
}, 60_000);

describe("a loss that is no number any more", () => {
  const absurd = ["--optimizer", "sgd", "--head", "dense:16", "--epochs", "30"];

  it("leaves no folder behind when not one epoch was good", async () => {
    const words = ["photos", ...small, ...absurd, "--learning-rate", "1e38", "--out", "new/deep/x"];
    const run = await place.run(["train", ...words, "--json"]);
    expect(lastEvent(run, "error")["code"]).toBe("LOSS_NAN");
    expect(await readdir(place.folder)).not.toContain("new");
  });

  it("stops training, tells the step, and saves the last good weights", async () => {
    const words = ["photos", ...small, ...absurd, "--learning-rate", "1000", "--out", "diverged", "--json"];
    const run = await place.run(["train", ...words]);
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(
      /(the loss|val_loss) became (NaN|Infinity) (in|after) epoch \d+ of 30.*The model keeps the weights of the end of epoch \d/,
    );
    expect(run.stderr).toContain("They are saved as the bundle diverged");
    expect(lastEvent(run, "error")["code"]).toBe("LOSS_NAN");
    expect((await place.run(["predict", "diverged", "photos/across/1.png"])).code).toBe(0);
    const bytes = await readFile(place.at("diverged", "permafrost.json"));
    const again = await place.run(["train", ...words]);
    expect(again.stderr).toContain("diverged holds the bundle of an earlier run, which was left as it was");
    expect((await readFile(place.at("diverged", "permafrost.json"))).equals(bytes)).toBe(true);
  });
});

describe("bundles that cannot be used", () => {
  beforeAll(async () => {
    const run = await place.run(["train", "photos", ...small, "--epochs", "1", "--out", "bundle"]);
    expect(run.code).toBe(0);
  }, 60_000);

  async function changed(name: string, change: (manifest: Record<string, unknown>) => void): Promise<void> {
    await cp(place.at("bundle"), place.at(name), { recursive: true });
    const file = place.at(name, "permafrost.json");
    const manifest = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
    change(manifest);
    await writeFile(file, JSON.stringify(manifest));
  }

  async function predictWith(bundle: string): Promise<CliRun> {
    return await place.run(["predict", bundle, "photos/across/1.png"]);
  }

  it("of a newer schema", async () => {
    await changed("newer", (manifest) => {
      manifest["version"] = 99;
    });
    expectRefusal(await predictWith("newer"), 1, ["newer", "99", "[BUNDLE_NEWER]"]);
  });

  it("whose network gives no numbers", async () => {
    const contents = await loadBundle(place.at("bundle"));
    const weights = contents.head.weights.map(({ name, tensor }) => {
      const data = name.endsWith("/bias") ? tensor.data.map(() => Number.NaN) : tensor.data;
      return { name, tensor: { ...tensor, data } };
    });
    await saveBundle(place.at("no-numbers"), { ...contents, head: { ...contents.head, weights } });
    const image = "photos/across/1.png";
    const runs = [
      ["predict", "no-numbers", image],
      ["evaluate", "no-numbers", "photos"],
      ["explain", "no-numbers", image, "--out", "explained"],
    ].map((words) => place.run(words));
    for (const run of await Promise.all(runs)) {
      expectRefusal(run, 1, [".png: expected numbers from the network, got NaN", "[WEIGHTS_INVALID]"]);
    }
  });

  it("whose base has another digest", async () => {
    const contents = await loadBundle(place.at("bundle"));
    const base = { ...contents.base, weightsDigest: sha256("other weights") };
    await saveBundle(place.at("other-base"), { ...contents, base });
    const texts = [
      "other-base: its head was trained on",
      sha256("other weights"),
      "Use the same weights",
      "[DIGEST_MISMATCH]",
    ];
    expectRefusal(await predictWith("other-base"), 1, texts);
  });

  it("whose weights were changed", async () => {
    await cp(place.at("bundle"), place.at("flipped"), { recursive: true });
    const file = place.at("flipped", "head.safetensors");
    const bytes = await readFile(file);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(file, bytes);
    expectRefusal(await predictWith("flipped"), 1, [
      "head.safetensors: its content is not what was written",
      "[DIGEST_MISMATCH]",
    ]);
  });

  it("that lack a file", async () => {
    await cp(place.at("bundle"), place.at("lacking"), { recursive: true });
    await rename(place.at("lacking", "head.safetensors"), place.at("elsewhere.safetensors"));
    expectRefusal(await predictWith("lacking"), 1, ["head.safetensors", "[BUNDLE_INVALID]"]);
  });

  it("that are no bundles, or do not exist", async () => {
    expectRefusal(await predictWith("photos"), 1, [
      "photos: not a bundle",
      "permafrost train",
      "[BUNDLE_INVALID]",
    ]);
    expectRefusal(await predictWith("nowhere"), 1, ["nowhere: there is no such folder", "[NOT_FOUND]"]);
  });
});
