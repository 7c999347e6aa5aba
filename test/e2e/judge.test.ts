import { cp, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { inspectImage } from "../../src/images/inspect.ts";
import { lastEvent } from "../support/runCli.ts";
import { small, type Workplace, workplace } from "../support/workplace.ts";

let place: Workplace;

beforeAll(async () => {
  place = await workplace("judge", 12);
  const run = await place.run(["train", "photos", ...small, "--epochs", "2", "--out", "bundle"]);
  expect(run.code).toBe(0);
}, 60_000);

describe("evaluate", () => {
  it("tells areas, calibration and a threshold with intervals, and writes a page in every form", async () => {
    const words = [
      "evaluate",
      "bundle",
      "photos",
      "--split",
      "all",
      "--positive",
      "slanted",
      "--target-precision",
      "0.5",
    ];
    const run = await place.run([...words, "--json", "--report", "evaluation.json"]);
    expect(run.code).toBe(0);
    const { details, forwards } = lastEvent(run, "result") as unknown as {
      details: Record<string, unknown> & { perClass: Record<string, unknown>[] };
      forwards: unknown;
    };
    expect(forwards).toMatchObject({ computed: 0 });
    expect(details.perClass[0]).toMatchObject({ className: "across", support: 12 });
    expect(details.perClass[0]).not.toHaveProperty("roc");
    expect(details["calibration"]).toMatchObject({ brierInterval: [expect.any(Number), expect.any(Number)] });
    expect(details["threshold"]).toMatchObject({
      className: "slanted",
      aim: { by: "precision", precision: 0.5 },
    });
    for (const form of ["html", "md", "csv"]) {
      const again = await place.run(["report", "evaluation.json", "--out", `evaluation.${form}`]);
      expect(again.code).toBe(0);
      expect(await readFile(place.at(`evaluation.${form}`), "utf8")).toContain("slanted");
    }
  });

  it("averages over flips, which are stored for the next time", async () => {
    const words = ["evaluate", "bundle", "photos", "--split", "all", "--tta", "flips", "--json"];
    const first = lastEvent(await place.run(words), "result")["forwards"];
    const second = lastEvent(await place.run(words), "result")["forwards"];
    expect(first).toEqual({ computed: 36, reused: 36 });
    expect(second).toEqual({ computed: 0, reused: 72 });
  });

  it("judges the images of the training by the part that was held back, wherever they lie", async () => {
    const own = await place.run(["evaluate", "bundle", "photos"]);
    expect(own.stdout).toMatch(/^\d images \(validation\): accuracy /);
    expect(own.stdout).toContain("Validation pictures may have guided choices");
    await cp(place.photos, place.at("elsewhere"), { recursive: true });
    const moved = await place.run(["evaluate", "bundle", "elsewhere"]);
    expect(moved.stdout).toBe(own.stdout);
    const train = lastEvent(
      await place.run(["evaluate", "bundle", "photos", "--split", "train", "--json"]),
      "result",
    );
    const [images] = /^\d+/.exec(own.stdout)!;
    expect(train["samples"]).toBe(36 - Number(images));
    await writeFile(
      place.at("elsewhere", "across", "more.png"),
      await readFile(place.at("photos", "upright", "1.png")),
    );
    const others = await place.run(["evaluate", "bundle", "elsewhere"]);
    expect(others.stdout).toMatch(/^37 images \(all\): accuracy /);
    expect(others.stdout).toContain("Pictures it was trained on may be among them.");
  });

  it("refuses what does not go together before any work", async () => {
    const both = await place.run([
      "evaluate",
      "bundle",
      "photos",
      "--target-precision",
      "0.9",
      "--cost-missed",
      "2",
    ]);
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("got both") });
    const form = await place.run(["evaluate", "bundle", "photos", "--report", "page.pdf"]);
    expect(form).toMatchObject({ code: 2, stderr: expect.stringContaining(".html, .md, .csv, .json") });
    const name = await place.run([
      "evaluate",
      "bundle",
      "photos",
      "--positive",
      "slant",
      "--target-precision",
      "0.9",
    ]);
    expect(name).toMatchObject({ code: 1, stderr: expect.stringContaining("CLASS_MISMATCH") });
  });
});

describe("evaluate on images that tell little", () => {
  it("says which class is missing, and makes up no area of it", async () => {
    await cp(place.at("photos", "across"), place.at("lacking", "across"), { recursive: true });
    await cp(place.at("photos", "slanted"), place.at("lacking", "slanted"), { recursive: true });
    const run = await place.run(["evaluate", "bundle", "lacking", "--json", "--report", "lacking.html"]);
    expect(run.code).toBe(0);
    const { details } = lastEvent(run, "result") as unknown as {
      details: { remarks: string[]; perClass: object[] };
    };
    expect(details.remarks).toContain('No image of "upright": nothing can be said of this class.');
    expect(details.perClass[2]).toMatchObject({ className: "upright", auc: null, recallInterval: null });
    expect(await readFile(place.at("lacking.html"), "utf8")).toContain("No image of &quot;upright&quot;");
  });

  it("judges a single image without an interval that is made up, and refuses an empty folder", async () => {
    await mkdir(place.at("single", "across"), { recursive: true });
    await cp(place.at("photos", "across", "0.png"), place.at("single", "across", "0.png"));
    const run = await place.run(["evaluate", "bundle", "single", "--json", "--report", "single.html"]);
    expect(run.code).toBe(0);
    expect(lastEvent(run, "result")).toMatchObject({
      samples: 1,
      details: { meanAuc: null, macroF1Interval: null, meanAveragePrecisionInterval: null },
    });
    await mkdir(place.at("empty"));
    const empty = [
      ["evaluate", "bundle", "empty"],
      ["review", "empty"],
    ].map((words) => place.run(words));
    for (const each of await Promise.all(empty)) {
      expect(each).toMatchObject({ code: 1, stderr: expect.stringContaining("the folder is empty") });
    }
    const explained = await place.run(["explain", "bundle", "empty", "--out", "nothing"]);
    expect(explained).toMatchObject({ code: 1, stderr: expect.stringContaining("NOT_FOUND") });
  });
});

describe("predict --calibrated", () => {
  it("keeps the answers and changes how sure they are, or says that there is no temperature", async () => {
    const manifest = JSON.parse(await readFile(place.at("bundle", "permafrost.json"), "utf8")) as {
      calibration?: { temperature: number };
    };
    const plain = await place.run(["predict", "bundle", "photos/across/0.png", "--json"]);
    const scaled = await place.run(["predict", "bundle", "photos/across/0.png", "--json", "--calibrated"]);
    if (manifest.calibration === undefined) {
      expect(scaled).toMatchObject({ code: 1, stderr: expect.stringContaining("temperature") });
      return;
    }
    const [before, after] = [lastEvent(plain, "prediction"), lastEvent(scaled, "prediction")];
    expect(after["className"]).toBe(before["className"]);
    const odds = (event: typeof before) => {
      const { across, upright } = event["probabilities"] as Record<string, number>;
      return Math.log(across! / upright!);
    };
    expect(odds(after)).toBeCloseTo(odds(before) / manifest.calibration.temperature, 3);
  });
});

describe("report", () => {
  it("makes the page of a bundle again beside it, and changes nothing in it", async () => {
    const before = await readdir(place.at("bundle"));
    const run = await place.run(["report", "bundle", "--json"]);
    expect(lastEvent(run, "report")).toMatchObject({ kind: "Training report" });
    expect(await readdir(place.at("bundle"))).toEqual(before);
    expect(await readFile(place.at("bundle-report.html"), "utf8")).toBe(
      await readFile(place.at("bundle", "report.html"), "utf8"),
    );
    expect(await place.run(["report", "photos"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("NOT_FOUND"),
    });
  });
});

describe("explain", () => {
  it.each(["grad-cam", "occlusion", "integrated-gradients"])(
    "writes overlays and a page: %s",
    async (method) => {
      await writeFile(place.at("photos", "text.jpg"), "no picture");
      const words = ["explain", "bundle", "photos/across/0.png", "photos/text.jpg", "--method", method];
      const run = await place.run([...words, "--class", "upright", "--out", method, "--json"]);
      expect(run.code).toBe(3);
      expect(run.events.find(({ event }) => event === "skipped")).toMatchObject({
        path: "photos/text.jpg",
        reason: expect.stringMatching(/^expected a JPEG/),
      });
      expect(lastEvent(run, "explanation")).toMatchObject({
        className: "upright",
        overlay: `${method}/0-upright.png`,
      });
      expect((await readdir(place.at(method))).sort()).toEqual([
        "0-upright.png",
        "report.html",
        "report.json",
      ]);
      const page = await place.run(["report", method, "--out", `${method}.csv`, "--json"]);
      expect(lastEvent(page, "report")).toMatchObject({ kind: "Explanation" });
      expect(await readFile(place.at(`${method}.csv`), "utf8")).toMatch(
        /Picture by picture,0\.png,half,(0\.\d+|none)/,
      );
      const overlay = await inspectImage(await readFile(place.at(method, "0-upright.png")));
      expect(overlay).toMatchObject({ readable: true, format: "png" });
      const again = await place.run([...words, "--out", method]);
      expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("OUTPUT_EXISTS") });
    },
  );

  it("lists the layers that it could look at", async () => {
    const run = await place.run([
      "explain",
      "bundle",
      "photos/across/0.png",
      "--layer",
      "nowhere",
      "--out",
      "x",
    ]);
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining("MobileNetV3Small/conv_1,") });
  });
});

describe("review", () => {
  it("finds a copy under another class, changes nothing, and writes lists that train takes", async () => {
    const copied = await workplace("review", 12);
    const bytes = await readFile(copied.at("photos", "across", "3.png"));
    await writeFile(copied.at("photos", "upright", "copy.png"), bytes);
    const before = await readdir(copied.photos, { recursive: true });
    const run = await copied.run(["review", "photos", "--json"]);
    expect(run.code).toBe(0);
    const result = lastEvent(run, "result");
    const copies = result["copies"] as { images: { name: string }[] }[];
    expect(copies.some(({ images }) => images.map(({ name }) => name).includes("upright/copy.png"))).toBe(
      true,
    );
    expect(await readdir(copied.photos, { recursive: true })).toEqual(before);
    expect((await readdir(copied.at("review"))).sort()).toEqual([
      "copies.csv",
      "odd.csv",
      "relabel.csv",
      "report.html",
      "report.json",
    ]);
    await writeFile(copied.at("mine.csv"), "path,label\nupright/copy.png,across\n");
    const words = [
      "train",
      "photos",
      "--epochs",
      "1",
      "--relabel",
      "mine.csv",
      "--exclude",
      "review/odd.csv",
      "--json",
    ];
    const trained = lastEvent(await copied.run(words), "result");
    expect(trained["forwards"]).toMatchObject({ computed: 0 });
    const second = await copied.run(["review", "photos", "--json"]);
    expect(lastEvent(second, "result")["forwards"]).toMatchObject({ computed: 0 });
  });

  it("of a bundle looks at what it was trained on, keeps lists that were edited, and says when the images are gone", async () => {
    const words = ["review", "bundle", "--out", "review-bundle", "--json"];
    const first = lastEvent(await place.run(words), "result");
    expect(first).toMatchObject({
      data: place.photos,
      images: 36,
      forwards: { computed: 0, reused: 36 },
      kept: [],
    });
    await writeFile(place.at("review-bundle", "relabel.csv"), "path,label\nacross/1.png,upright\n");
    const second = lastEvent(await place.run(words), "result");
    expect(second["kept"]).toEqual(["review-bundle/relabel.1.csv"]);
    expect(await readFile(place.at("review-bundle", "relabel.1.csv"), "utf8")).toContain("across/1.png");
    await rename(place.photos, place.at("moved"));
    const gone = await place.run(words);
    await rename(place.at("moved"), place.photos);
    expect(gone).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("permafrost review photos/ --base bundle"),
    });
  });

  it("of a few images says what cannot be told", async () => {
    await mkdir(place.at("few", "a"), { recursive: true });
    await mkdir(place.at("few", "b"), { recursive: true });
    await cp(place.at("photos", "across", "0.png"), place.at("few", "a", "0.png"));
    await cp(place.at("photos", "upright", "0.png"), place.at("few", "b", "0.png"));
    const run = await place.run(["review", "few", "--out", "review-few", "--json"]);
    expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining("cannot be told") });
    expect(lastEvent(run, "result")).toMatchObject({ images: 2, issues: [] });
  });
});
