import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { stripes } from "../support/pictures.ts";
import { type CliRun, lastEvent } from "../support/runCli.ts";
import { small, stripeClasses, type Workplace, workplace } from "../support/workplace.ts";

let place: Workplace;

beforeAll(async () => {
  place = await workplace("predict", 10);
  const run = await place.run(["train", "photos", ...small, "--epochs", "3", "--out", "bundle", "--json"]);
  expect(run.code).toBe(0);
  await mkdir(place.at("damaged"));
  await cp(place.at("photos", "across", "1.png"), place.at("damaged", "good.png"));
  await writeFile(place.at("damaged", "cut.png"), (await stripes(0, 3)).subarray(0, 900));
  await writeFile(place.at("damaged", "empty.jpg"), "");
  await writeFile(place.at("damaged", "text.jpg"), "this is no picture");
}, 60_000);

/** Exact probabilities by path. */
function probabilities(run: CliRun): Map<unknown, unknown> {
  const made = run.events.filter(({ event }) => event === "prediction");
  return new Map(made.map((event) => [event["path"], event["probabilities"]]));
}

describe("an image's probabilities", () => {
  it("have the same bits alone, in any company, and in evaluate", async () => {
    const evaluated = await place.run(["evaluate", "bundle", "photos", "--split", "all", "--json"]);
    const all = await place.run(["predict", "bundle", "photos", "--json"]);
    const globbed = await place.run(["predict", "bundle", "photos/*/[3-8].png", "--json"]);
    const alone = await place.run(["predict", "bundle", "photos/upright/4.png", "--json"]);
    const inAll = probabilities(all);
    expect(inAll.size).toBe(30);
    const judged = probabilities(evaluated);
    expect(judged.size).toBe(30);
    for (const [file, values] of judged) {
      expect(inAll.get(path.relative(place.folder, String(file)))).toEqual(values);
    }
    expect(probabilities(globbed).size).toBe(18);
    for (const [file, values] of probabilities(globbed)) expect(values).toEqual(inAll.get(file));
    expect(probabilities(alone)).toEqual(
      new Map([["photos/upright/4.png", inAll.get("photos/upright/4.png")]]),
    );
  });
});

describe("predict", () => {
  it("names the most probable class of each file", async () => {
    const run = await place.run([
      "predict",
      "bundle",
      "photos/across/2.png",
      "photos/upright/2.png",
      "--json",
    ]);
    expect(run.code).toBe(0);
    expect(run.events.length).toBe(2);
    for (const event of run.events) {
      const values = event["probabilities"] as Record<string, number>;
      expect(Object.keys(values)).toEqual([...stripeClasses]);
      expect(Object.values(values).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      expect(event["probability"]).toBe(Math.max(...Object.values(values)));
      expect(values[String(event["className"])]).toBe(event["probability"]);
    }
  });

  it("prints a table with as many classes as asked for", async () => {
    const run = await place.run(["predict", "bundle", "photos/across/2.png", "--top", "1"]);
    expect(run.stdout).toMatch(/^image +prediction\nphotos\/across\/2\.png +\w+ [\d.]+ %\n$/);
    const two = await place.run(["predict", "bundle", "photos/across/2.png", "--top", "2"]);
    expect(two.stdout.match(/ %/g)?.length).toBe(2);
  });

  it("prints CSV with quoted cells", async () => {
    const name = 'odd, "name" 🐈.png';
    await cp(place.at("photos", "across", "1.png"), place.at(name));
    const run = await place.run(["predict", "bundle", name, "--format", "csv", "--top", "2"]);
    const [header, row] = run.stdout.split("\n");
    expect(header).toBe("path,class_1,probability_1,class_2,probability_2");
    expect(row).toMatch(/^"odd, ""name"" 🐈\.png",\w+,0\.\d+,\w+,[\d.e-]+$/);
  });

  it("prints the same JSON with --format json as with --json", async () => {
    const [format, option] = await Promise.all([
      place.run(["predict", "bundle", "photos/across/2.png", "--format", "json"]),
      place.run(["predict", "bundle", "photos/across/2.png", "--json"]),
    ]);
    expect(format.stdout).toBe(option.stdout);
  });

  it("ends with 3 when files were skipped, and names each with the reason", async () => {
    const run = await place.run(["predict", "bundle", "damaged", "--json"]);
    expect(run.code).toBe(3);
    expect([...probabilities(run).keys()]).toEqual([path.join("damaged", "good.png")]);
    const skipped = run.events.filter(({ event }) => event === "skipped");
    const reasons = new Map(skipped.map((event) => [path.basename(String(event["path"])), event["reason"]]));
    expect(reasons.get("empty.jpg")).toContain("0 bytes");
    expect(reasons.get("cut.png")).toContain("cut off or damaged");
    expect(reasons.get("text.jpg")).toContain("no known image format");
    expect(run.stderr).toContain(`skipped ${path.join("damaged", "cut.png")}: `);
    expect((await readdir(place.at("damaged"))).length).toBe(4);
  });

  it("ends with 1 for a path or glob that matches nothing", async () => {
    for (const missing of ["nowhere.png", "photos/*.webp"]) {
      const run = await place.run(["predict", "bundle", missing]);
      expect(run.code).toBe(1);
      expect(run.stderr).toContain(`${missing}: expected an image file, a folder with images or a glob`);
    }
  });

  it("lists an image once, though links lead to its folder again", async ({ skip }) => {
    if (process.platform === "win32") return skip("symbolic links need rights on Windows");
    const { symlink } = await import("node:fs/promises");
    await cp(place.at("photos", "across"), place.at("looped", "inner"), { recursive: true });
    await symlink("..", place.at("looped", "inner", "loop"));
    const run = await place.run(["predict", "bundle", "looped", "--json"]);
    expect(run.code).toBe(0);
    expect(run.events.length).toBe(10);
  });
});

describe("evaluate", () => {
  it("reports scores and every image with its true class", async () => {
    const run = await place.run(["evaluate", "bundle", "photos", "--split", "all", "--json"]);
    expect(run.code).toBe(0);
    expect(run.stderr).not.toMatch(/warning:|error:/);
    expect(lastEvent(run, "result")).toMatchObject({
      split: "all",
      samples: 30,
      scores: { samples: 30, accuracy: expect.any(Number), loss: expect.any(Number) },
      skipped: [],
      forwards: { computed: 0, reused: 30 },
      classes: stripeClasses,
    });
    for (const event of run.events.slice(0, -1)) {
      expect(event).toMatchObject({ event: "prediction", trueClass: expect.any(String) });
      expect(path.dirname(String(event["path"]))).toContain(String(event["trueClass"]));
    }
  });

  it("ends with 3 when files were skipped, and scores the others", async () => {
    await cp(place.photos, place.at("some"), { recursive: true });
    await writeFile(place.at("some", "across", "text.jpg"), "no picture");
    const run = await place.run(["evaluate", "bundle", "some"]);
    expect(run.code).toBe(3);
    expect(run.stdout).toMatch(/^30 images \(all\): accuracy /);
    expect(run.stderr).toMatch(/skipped .*text\.jpg: .*no known image format/);
  });

  it("refuses classes that the classifier does not know", async () => {
    await cp(place.at("photos", "across"), place.at("others", "tabby"), { recursive: true });
    const run = await place.run(["evaluate", "bundle", "others"]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(
      '"tabby" is no class of the model, which has "across", "slanted", "upright"',
    );
  });

  it("refuses a split that the data do not have", async () => {
    const run = await place.run(["evaluate", "bundle", "photos", "--split", "test"]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('expected images of the split "test"');
  });
});
