import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { lastEvent } from "../support/runCli.ts";
import { small, type Workplace, workplace } from "../support/workplace.ts";

describe("permafrost store", () => {
  let place: Workplace;
  const command = (...words: string[]) => place.run(["store", ...words, "--json"]);

  beforeAll(async () => {
    place = await workplace("store", 6);
    const run = await place.run(["train", "photos", ...small, "--epochs", "1", "--out", "run"]);
    expect(run.code).toBe(0);
  });

  async function folder(): Promise<string> {
    return String(lastEvent(await command("path"), "store")["folder"]);
  }

  it("lists the group that train has filled, by the name of its base", async () => {
    const event = lastEvent(await command("list"), "store");
    expect(event).toMatchObject({
      rows: 18,
      groups: [{ bases: ["mobilenet_v3_small"], rows: 18, group: { dtype: "float32" } }],
    });
    const people = await place.run(["store", "list"]);
    expect(people.stdout).toMatch(/mobilenet_v3_small .*18 features in 1 packs/s);
  });

  it("verifies: 0 when clean, 1 with the row when not, and train repairs", async () => {
    expect((await command("verify")).code).toBe(0);
    const store = await folder();
    const name = readdirSync(store, { recursive: true, encoding: "utf8" }).find((each) =>
      each.endsWith(".safetensors"),
    );
    const pack = path.join(store, name!);
    const bytes = readFileSync(pack);
    bytes[8 + Number(bytes.readBigUInt64LE(0)) + 4 * 576 * 2 + 5]! ^= 4;
    writeFileSync(pack, bytes);
    const found = await command("verify");
    expect(found.code).toBe(1);
    expect(lastEvent(found, "store")).toMatchObject({ clean: false, badRows: [{ path: pack, row: 2 }] });
    const again = await place.run(["train", "photos", ...small, "--epochs", "1", "--out", "run", "--json"]);
    expect(lastEvent(again, "result")["forwards"]).toMatchObject({ computed: 1, reused: 17 });
  });

  it("exports a data set, imports it elsewhere, and prunes it with a dry run first", async () => {
    expect(lastEvent(await command("export", "moved", "--dataset", "photos"), "store")).toMatchObject({
      rows: 18,
      missing: 0,
    });
    expect((await command("export", "moved")).code).toBe(1);
    const imported = await command("import", "moved", "--store", "elsewhere");
    expect(lastEvent(imported, "store")).toMatchObject({ rows: 18, present: 0, problems: [] });
    expect((await command("verify", "--store", "elsewhere")).code).toBe(0);
    // 18, and the one that was computed again.
    const dry = lastEvent(await command("prune", "--dataset", "photos", "--dry-run"), "store");
    expect(dry).toMatchObject({ dryRun: true, rows: 19 });
    const done = lastEvent(await command("prune", "--dataset", "photos"), "store");
    expect(done["removed"]).toEqual(dry["removed"]);
    expect(lastEvent(await command("list"), "store")).toMatchObject({ rows: 0, groups: [] });
  });

  it("wants to know what to prune", async () => {
    const run = await place.run(["store", "prune"]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("expected what to remove");
  });

  it.each(["list", "info", "verify", "prune", "export", "import", "path"])(
    "%s --help shows examples",
    async (name) => {
      const run = await place.run(["store", name, "--help"]);
      expect(run.code).toBe(0);
      expect(run.stdout.match(/^ {2}\$ /gm)?.length).toBeGreaterThanOrEqual(2);
    },
  );
});

describe("permafrost draws", () => {
  it("lists every view of an image once, and draws them on a page that stands alone", async () => {
    const place = await workplace("draws", 2);
    const words = ["draws", "photos", "--augment", "book", "--draws", "pool:3", "--epochs", "20"];
    const [image] = readdirSync(path.join(place.folder, "photos"), {
      recursive: true,
      encoding: "utf8",
    }).filter((name) => /\.\w+$/.test(name));
    const asked = ["--image", image!.split(path.sep).join("/")];
    const event = lastEvent(await place.run([...words, ...asked, "--out", "sheet.html", "--json"]), "draws");
    const views = event["views"] as readonly {
      readonly number: number;
      readonly epochs: readonly number[];
    }[];
    expect(views).toHaveLength(3);
    expect(views.flatMap(({ epochs }) => epochs).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
    const page = readFileSync(path.join(place.folder, "sheet.html"), "utf8");
    expect(page.match(/<img src="data:image\/jpeg;base64,/g)).toHaveLength(3);
    expect(page).not.toMatch(/(src|href)="(?!data:)/);
    const unknown = await place.run([...words, "--image", "nobody.jpg"]);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain("expected an image named");
  });
});
