import { chmod, cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { pngBomb, truncatedJpeg } from "../support/badPictures.ts";
import { expectRefusal } from "../support/expectRefusal.ts";
import { writeStripes } from "../support/pictures.ts";
import { lastEvent } from "../support/runCli.ts";
import { small, type Workplace, workplace } from "../support/workplace.ts";

let place: Workplace;

beforeAll(async () => {
  place = await workplace("files", 6);
}, 60_000);

describe("single files that cannot be used", () => {
  it("are skipped by name and reason, and never removed", async () => {
    await cp(place.photos, place.at("mixed"), { recursive: true });
    await writeFile(place.at("mixed/across/truncated.jpg"), await truncatedJpeg());
    await writeFile(place.at("mixed/across/zero.png"), "");
    await writeFile(place.at("mixed/across/text.jpg"), "no picture");
    await writeFile(place.at("mixed/across/bomb.png"), pngBomb(30_000));
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
