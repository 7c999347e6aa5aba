import { describe, expect, it } from "vitest";
import { temporaryTree } from "../../test/support/temporaryTree.ts";
import { corrected } from "./imageList.ts";
import { openDataset } from "./openDataset.ts";

const photos = {
  "photos/cats/1.jpg": "a",
  "photos/cats/2.jpg": "b",
  "photos/dogs/1.jpg": "c",
  "photos/dogs/3.jpg": "d",
};

async function withLists(lists: Readonly<Record<string, string>>) {
  const root = await temporaryTree({ ...photos, ...lists });
  const dataset = await openDataset(`${root}/photos`);
  return {
    root,
    correct: (given: { readonly exclude?: string; readonly relabel?: string }) =>
      corrected(
        dataset,
        Object.fromEntries(Object.entries(given).map(([name, file]) => [name, `${root}/${file}`])),
      ),
  };
}

describe("lists of images", () => {
  it("leave images out and give others another class, whatever other columns they have", async () => {
    const { root, correct } = await withLists({
      "out.csv": "split,path\r\ntrain,dogs/3.jpg\r\n",
      "other.csv": "path,label,was\ncats/1.jpg,dogs,cats\n",
    });
    const { samples, skipped } = await correct({ exclude: "out.csv", relabel: "other.csv" });
    expect(samples.map(({ name, className, label }) => [name, className, label])).toEqual([
      ["cats/1.jpg", "dogs", 1],
      ["cats/2.jpg", "cats", 0],
      ["dogs/1.jpg", "dogs", 1],
    ]);
    expect(skipped).toEqual([
      { path: `${root}/photos/dogs/3.jpg`, reason: "left out: it is listed in out.csv" },
    ]);
  });

  it("count what they list in vain", async () => {
    const { correct } = await withLists({ "out.csv": "path\ncats/9.jpg\ncats/1.jpg\n" });
    const { samples, skipped } = await correct({ exclude: "out.csv" });
    expect(samples).toHaveLength(3);
    expect(skipped.map(({ reason }) => reason)).toContain(
      "out.csv:2 lists it, but no such image is in the data",
    );
  });

  it("that are none, or name no class, are refused with the line", async () => {
    const { correct } = await withLists({
      "a.csv": "file\ncats/1.jpg\n",
      "b.csv": "path,label\ncats/1.jpg,birds\n",
      "c.csv": 'path\n"cats\n',
      "d.csv": "path\ncats/1.jpg\ncats/2.jpg\n",
    });
    await expect(correct({ exclude: "a.csv" })).rejects.toThrow(/a\.csv:1: no column "path"/);
    await expect(correct({ relabel: "b.csv" })).rejects.toThrow(
      /b\.csv:2: "birds" is no class .* "cats", "dogs"/,
    );
    await expect(correct({ exclude: "c.csv" })).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
    await expect(correct({ exclude: "d.csv" })).rejects.toMatchObject({ code: "DATA_EMPTY" });
    await expect(correct({ exclude: "e.csv" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
