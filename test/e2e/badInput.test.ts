import { chmod, cp, mkdir, readdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../src/base/digest.ts";
import { loadBundle } from "../../src/saving/loadBundle.ts";
import { saveBundle } from "../../src/saving/saveBundle.ts";
import { pngBomb, truncatedJpeg } from "../support/badPictures.ts";
import { writeStripes } from "../support/pictures.ts";
import { type CliRun, lastEvent } from "../support/runCli.ts";
import { small, type Workplace, workplace } from "../support/workplace.ts";

let place: Workplace;

/** Every file in the workplace but the feature store, which any run may fill. */
async function tree(): Promise<string[]> {
  const entries = await readdir(place.folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  const names = files.map((entry) => path.relative(place.folder, path.join(entry.parentPath, entry.name)));
  return names.filter((name) => name.split(path.sep)[0] !== "store").sort();
}

function expectRefusal(run: CliRun, code: number, texts: readonly string[]): void {
  for (const text of texts) expect(run.stderr).toContain(text);
  expect(run.stderr).not.toMatch(/^ {4}at /m);
  expect(run.stderr).not.toContain("INTERNAL");
  expect(run.stdout).toBe("");
  expect(run.code).toBe(code);
}

async function writeText(name: string, text: string | Uint8Array): Promise<void> {
  await mkdir(path.dirname(place.at(name)), { recursive: true });
  await writeFile(place.at(name), text);
}

beforeAll(async () => {
  place = await workplace("bad", 6);
  const copyClass = (from: string, to: string) =>
    cp(place.at("photos", from), place.at(to), { recursive: true });
  await mkdir(place.at("empty"));
  await copyClass("across", "one/across");
  await cp(place.photos, place.at("hollow"), { recursive: true });
  await mkdir(place.at("hollow", "nothing"));
  await cp(place.photos, place.at("unreadable"), { recursive: true });
  await writeText("unreadable/broken/text.jpg", "no picture");
  await writeText("unreadable/broken/empty.jpg", "");
  await copyClass("across", "case/Cats");
  await copyClass("upright", "case/cats");
  await copyClass("across", "splits/train/across");
  await copyClass("upright", "splits/train/upright");
  await copyClass("across", "splits/validation/across");
  await copyClass("slanted", "splits/validation/slanted");
  await writeText("taken/notes.txt", "mine");
  await writeText("file.txt", "just a file");
  const row = (name: string, label: string) => `photos/${label}/${name}.png,${label}\n`;
  const good = row("1", "across") + row("2", "across") + row("1", "upright") + row("2", "upright");
  await writeText("gone.csv", `path,label\n${good}photos/across/gone.png,across\n`);
  await writeText("columns.csv", `path,lable\n${good}`);
  await writeText("contradiction.csv", `path,label\n${good}photos/across/1.png,upright\n`);
  await writeText("repeated.csv", `path,label\n${good}${row("1", "across")}`);
  await writeText("latin1.csv", Buffer.from(`path,label\n${good}photos/caf\xe9.png,across\n`, "latin1"));
  await writeText("broken.jsonl", '{"path":"photos/across/1.png","label":"across"}\n{"path":\n');
}, 60_000);

describe("data that cannot be trained on", () => {
  it.each<[string, string[], number, string[]]>([
    ["a missing folder", ["nowhere"], 1, ["nowhere: does not exist", "Check the path", "[NOT_FOUND]"]],
    [
      "an empty folder",
      ["empty"],
      1,
      ["empty: the folder is empty", "Wanted is one folder a class", "[DATA_EMPTY]"],
    ],
    [
      "one class only",
      ["one"],
      1,
      ["one: a classifier needs at least 2 classes", 'only "across"', "Add a second class"],
    ],
    [
      "a class without images",
      ["hollow"],
      1,
      ['hollow: class "nothing" has no image file', "Add images", "[DATA_EMPTY]"],
    ],
    [
      "a class with no readable image",
      ["unreadable"],
      1,
      [
        'unreadable: class "broken" has no readable image',
        "broken/",
        "no known image format",
        "Replace the damaged files",
      ],
    ],
    [
      "a file instead of a folder",
      ["file.txt"],
      1,
      ["file.txt: expected a folder or a manifest", "found another file"],
    ],
    [
      "labels that differ by case",
      ["case"],
      1,
      ['the classes "Cats" and "cats" differ by upper and lower case', "rename"],
    ],
    [
      "a class that only validation has",
      ["splits"],
      1,
      ['class "slanted" is in validation (validation/slanted/0.png) but not in train', "[CLASS_MISMATCH]"],
    ],
    [
      "a manifest with missing files",
      ["gone.csv"],
      1,
      ["1 of 5 listed files do not exist", "line 6: ", "gone.png", "Mend the paths"],
    ],
    [
      "a manifest with an unknown column",
      ["columns.csv"],
      1,
      ['columns.csv:1: unknown column "lable"', "Did you mean label?"],
    ],
    [
      "a manifest that contradicts itself",
      ["contradiction.csv"],
      1,
      ["contradiction.csv:6: ", "listed twice with another label", '"across" on line 2, "upright" here'],
    ],
    [
      "a manifest that is no UTF-8",
      ["latin1.csv"],
      1,
      ["latin1.csv:6: not valid UTF-8", "Save the file with the encoding UTF-8"],
    ],
    ["a manifest that is no JSON", ["broken.jsonl"], 1, ["broken.jsonl:2: expected one JSON object a line"]],
    ["an unknown base", ["photos", "--base", "mobilenet_v3_smal"], 2, ["Did you mean mobilenet_v3_small?"]],
    [
      "an unknown layer in the head",
      ["photos", "--head", "dens:16"],
      2,
      ['got "dens:16"', "Did you mean dense?"],
    ],
    [
      "a size that the base does not take",
      ["photos", "--image-size", "97"],
      2,
      ["multiples of 32 from 96 up", "got [97, 97, 3]"],
    ],
    [
      "an output folder that is not ours",
      ["photos", "--out", "taken"],
      1,
      ['taken: exists already and is not a bundle: "notes.txt"', "Nothing was changed"],
    ],
    [
      "an output that is a file",
      ["photos", "--out", "file.txt"],
      1,
      ["file.txt: exists already and is a file, not a folder"],
    ],
    ["a folder that begins with a dash", ["-photos"], 2, ["unknown option '-photos'", "./-photos"]],
  ])("%s is refused, and nothing is written", async (_, words, code, texts) => {
    const before = await tree();
    expectRefusal(
      await place.run(["train", ...words, ...(words.includes("--image-size") ? [] : small)]),
      code,
      texts,
    );
    expect(await tree()).toEqual(before);
  });

  it("shows a stack with --debug only, and the error as an event with --json", async () => {
    const run = await place.run(["train", "empty", "--debug", "--json"]);
    expect(run.stderr).toMatch(/^ {4}at /m);
    expect(run.events).toEqual([
      { event: "error", code: "DATA_EMPTY", message: expect.stringContaining("the folder is empty") },
    ]);
  });

  it("keeps the first of equal rows of a manifest", async () => {
    const run = await place.run([
      "train",
      "repeated.csv",
      ...small,
      "--epochs",
      "1",
      "--out",
      "repeated-run",
      "--json",
    ]);
    expect(run.code).toBe(0);
    const { samples } = lastEvent(run, "result") as unknown as { samples: Record<string, number> };
    expect(Object.values(samples).reduce((sum, count) => sum + count, 0)).toBe(4);
  });
});

describe("single files that cannot be used", () => {
  it("are skipped by name and reason, and never removed", async () => {
    await cp(place.photos, place.at("mixed"), { recursive: true });
    await writeText("mixed/across/truncated.jpg", await truncatedJpeg());
    await writeText("mixed/across/zero.png", "");
    await writeText("mixed/across/text.jpg", "no picture");
    await writeText("mixed/across/bomb.png", pngBomb(30_000));
    const run = await place.run([
      "train",
      "mixed",
      ...small,
      "--epochs",
      "1",
      "--out",
      "mixed-run",
      "--json",
    ]);
    expect(run.code).toBe(0);
    const { skipped } = lastEvent(run, "result") as unknown as {
      skipped: { path: string; reason: string }[];
    };
    const reasons = new Map(skipped.map((file) => [path.basename(file.path), file.reason]));
    expect([...reasons.keys()].sort()).toEqual(["bomb.png", "text.jpg", "truncated.jpg", "zero.png"]);
    expect(reasons.get("truncated.jpg")).toContain("cut off or damaged");
    expect(reasons.get("zero.png")).toContain("0 bytes");
    expect(reasons.get("text.jpg")).toContain("no known image format");
    expect(reasons.get("bomb.png")).toContain("30000");
    expect((await readdir(place.at("mixed", "across"))).length).toBe(10);
  });

  it("links that lead in a circle end", async ({ skip }) => {
    if (process.platform === "win32") return skip("symbolic links need rights on Windows");
    await cp(place.photos, place.at("looped"), { recursive: true });
    await symlink("..", place.at("looped", "across", "up"));
    await symlink("self", place.at("looped", "across", "self"));
    const run = await place.run([
      "train",
      "looped",
      ...small,
      "--epochs",
      "1",
      "--out",
      "looped-run",
      "--json",
    ]);
    expect(run.code).toBe(0);
    const { skipped } = lastEvent(run, "result") as unknown as { skipped: { path: string }[] };
    expect(skipped.map((file) => path.basename(file.path)).sort()).toEqual(["self", "up"]);
  });
});

describe("names", () => {
  it.each(["two words", 'it\'s "so"', "chat 🐈", "über", "[a]{b}(c)"])(
    "%s is a folder like any other",
    async (name) => {
      await writeStripes(place.at("named", name), ["across", "upright"], 3);
      const out = `named/run of ${name}`;
      const run = await place.run(["train", `named/${name}`, ...small, "--epochs", "1", "--out", out]);
      expect(run.stderr).not.toMatch(/warning:|error:/);
      expect(run.code).toBe(0);
      const prediction = await place.run(["predict", out, `named/${name}/across/1.png`, "--json"]);
      expect(prediction.code).toBe(0);
      expect(prediction.events.length).toBe(1);
    },
  );

  it("a folder that begins with a dash is taken after -- and as a path", async () => {
    await writeStripes(place.at("-dash"), ["across", "upright"], 3);
    const after = await place.run(["train", ...small, "--epochs", "1", "--", "-dash"]);
    expect(after.code).toBe(0);
    const asPath = await place.run(["train", "./-dash", ...small, "--epochs", "1"]);
    expect(asPath.code).toBe(0);
    expect(asPath.stdout).toContain(`Bundle: ${path.join("runs", "-dash")}`);
  });
});

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

describe("permissions", () => {
  const hasRights = process.platform !== "win32";

  it("names a folder that may not be read", async ({ skip }) => {
    if (!hasRights) return skip("Windows has no such permissions");
    await cp(place.photos, place.at("locked"), { recursive: true });
    await chmod(place.folder, 0o777);
    await chmod(place.at("locked", "across"), 0o000);
    const run = await place.run(
      ["train", "locked", ...small, "--store", "nobody-store", "--out", "locked-run"],
      { asNobody: true },
    );
    await chmod(place.at("locked", "across"), 0o755);
    expectRefusal(run, 1, [path.join("locked", "across"), "no permission to read it", "[NOT_READABLE]"]);
  });

  it("skips a file that may not be read", async ({ skip }) => {
    if (!hasRights) return skip("Windows has no such permissions");
    await cp(place.photos, place.at("private"), { recursive: true });
    await chmod(place.folder, 0o777);
    await chmod(place.at("private", "across", "1.png"), 0o000);
    const words = ["private", ...small, "--epochs", "1", "--store", "nobody-store", "--out", "private-run"];
    const run = await place.run(["train", ...words, "--json"], { asNobody: true });
    expect(run.code).toBe(0);
    expect(lastEvent(run, "result")["skipped"]).toEqual([
      { path: place.at("private", "across", "1.png"), reason: "no permission to read it" },
    ]);
  });

  it("warns of a store that may not be written, and refuses an output folder that may not, before any work", async ({
    skip,
  }) => {
    if (!hasRights) return skip("Windows has no such permissions");
    await mkdir(place.at("kept"), { mode: 0o555 });
    const readOnlyStore = await place.run(
      ["train", "photos", ...small, "--epochs", "1", "--store", "kept/store", "--out", "with-store"],
      { asNobody: true },
    );
    expect(readOnlyStore.code).toBe(0);
    expect(readOnlyStore.stderr).toContain("the feature store cannot be written");
    const noOut = await place.run(
      ["train", "photos", ...small, "--out", "kept/run", "--store", "nobody-store"],
      {
        asNobody: true,
      },
    );
    expectRefusal(noOut, 1, [
      "kept/run",
      "no permission to write in",
      "Choose another folder",
      "[NOT_WRITABLE]",
    ]);
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
