import { describe, expect, it } from "vitest";
import { link, type Tree, temporaryTree } from "../../test/support/temporaryTree.ts";
import { openDataset } from "./openDataset.ts";

const namesOf = (dataset: { samples: readonly { name: string }[] }) =>
  dataset.samples.map(({ name }) => name);
const pets: Tree = { "cats/1.jpg": "c", "dogs/1.jpg": "d" };

describe("openDataset on a folder of classes", () => {
  it("orders classes and files as Keras does: by code point, files of a folder before those of folders in it", async () => {
    const root = await temporaryTree({
      "cats/cat.2.jpg": "",
      "cats/cat.10.JPG": "",
      "cats/a/x.png": "",
      "cats/a-b/y.png": "",
      "Zebra/1.jpeg": "",
    });
    const dataset = await openDataset(root);
    expect(dataset).toMatchObject({ root, layout: "classes", classNames: ["Zebra", "cats"], skipped: [] });
    expect(namesOf(dataset)).toEqual([
      "Zebra/1.jpeg",
      "cats/cat.10.JPG",
      "cats/cat.2.jpg",
      "cats/a/x.png",
      "cats/a-b/y.png",
    ]);
    expect(dataset.samples[0]).toEqual({
      path: `${root}/Zebra/1.jpeg`,
      name: "Zebra/1.jpeg",
      label: 0,
      className: "Zebra",
      weight: 1,
    });
  });

  it("takes any folder name: spaces, emoji, quotes, a leading dash", async () => {
    const names = ["-x", " two words", `it's "so"`, "🐈", "%20", "a,b"];
    const root = await temporaryTree(Object.fromEntries(names.map((name) => [`${name}/1.jpg`, ""])));
    expect((await openDataset(root)).classNames.toSorted()).toEqual(names.toSorted());
  });

  it("passes over hidden entries and counts them", async () => {
    const root = await temporaryTree({
      ...pets,
      ".git/x.jpg": "",
      "cats/.DS_Store": "",
      "__MACOSX/cats/1.jpg": "",
    });
    const { ignored, classNames } = await openDataset(root);
    expect({ hidden: ignored.hidden, classNames }).toEqual({ hidden: 3, classNames: ["cats", "dogs"] });
  });

  it("lists files that are no images, and skips images beside the class folders", async () => {
    const root = await temporaryTree({ ...pets, "readme.txt": "", "cats/Thumbs.db": "", "stray.jpg": "" });
    const { ignored, skipped, samples } = await openDataset(root);
    expect(ignored.notImages).toEqual(["readme.txt", "cats/Thumbs.db"]);
    expect(skipped).toEqual([
      { path: `${root}/stray.jpg`, reason: "lies beside the class folders, so it has no label" },
    ]);
    expect(samples).toHaveLength(2);
  });

  it("follows links to files and folders, once each, and survives loops and links to nothing", async () => {
    const root = await temporaryTree({
      ...pets,
      "cats/up": link(".."),
      "cats/self": link("."),
      "cats/sub/back": link("../../cats"),
      "cats/sub/2.jpg": "",
      "cats/sub2": link("sub"),
      "cats/gone.jpg": link("nowhere.jpg"),
      "cats/copy.jpg": link("1.jpg"),
      "cats/ring": link("ring"),
    });
    const dataset = await openDataset(root);
    expect(namesOf(dataset)).toEqual(["cats/1.jpg", "cats/copy.jpg", "cats/sub/2.jpg", "dogs/1.jpg"]);
    const skipped = dataset.skipped.map(({ path }) => path.slice(root.length + 1));
    expect(skipped.toSorted()).toEqual([
      "cats/gone.jpg",
      "cats/ring",
      "cats/self",
      "cats/sub/back",
      "cats/sub2",
      "cats/up",
    ]);
  });
});

describe("openDataset with links between classes", () => {
  it("gives an image one label: the class that is the folder itself, not the one that links to it", async () => {
    const root = await temporaryTree({
      ...pets,
      "cats/friends": link("../dogs"),
      "cats/sub/2.jpg": "",
      birds: link("cats/sub"),
    });
    const dataset = await openDataset(root);
    expect(namesOf(dataset)).toEqual(["birds/2.jpg", "cats/1.jpg", "dogs/1.jpg"]);
    expect(dataset.skipped.map(({ path }) => path.slice(root.length + 1))).toEqual([
      "cats/friends",
      "cats/sub",
    ]);
  });
});

describe("openDataset on a folder of splits", () => {
  it("knows train, val, valid, validation and test in any case", async () => {
    for (const validation of ["val", "Valid", "VALIDATION"]) {
      const root = await temporaryTree({
        "Train/cats/1.jpg": "",
        "Train/dogs/1.jpg": "",
        [`${validation}/dogs/2.jpg`]: "",
        "test/cats/3.jpg": "",
      });
      const { layout, samples } = await openDataset(root);
      expect(layout).toBe("splits");
      expect(samples.map(({ split, label }) => [split, label])).toEqual([
        ["train", 0],
        ["train", 1],
        ["validation", 1],
        ["test", 0],
      ]);
    }
  });

  it("takes train for a class where another class stands beside it", async () => {
    const root = await temporaryTree({ "train/1.jpg": "", "plane/1.jpg": "", "train/old/2.jpg": "" });
    expect(await openDataset(root)).toMatchObject({ layout: "classes", classNames: ["plane", "train"] });
  });
});

describe("openDataset with the classes of a model", () => {
  it("labels by the model's order and accepts absent classes", async () => {
    const root = await temporaryTree(pets);
    const { samples, classNames } = await openDataset(root, { classNames: ["dogs", "birds", "cats"] });
    expect(classNames).toEqual(["dogs", "birds", "cats"]);
    expect(samples.map(({ label }) => label)).toEqual([2, 0]);
  });

  it("refuses a class that the model does not know", async () => {
    const root = await temporaryTree(pets);
    await expect(openDataset(root, { classNames: ["cats", "birds"] })).rejects.toMatchObject({
      code: "CLASS_MISMATCH",
      message: `${root}: "dogs" is no class of the model, which has "cats", "birds". Rename the class folders (labels) or leave them out.`,
    });
  });
});

describe("openDataset refuses", () => {
  const cases: readonly [string, Tree, string, string][] = [
    ["an empty folder", { "photos/": "" }, "DATA_EMPTY", "the folder is empty"],
    ["only hidden files", { "photos/.x": "" }, "DATA_EMPTY", "has only hidden entries (1)"],
    [
      "images without class folders",
      { "photos/1.jpg": "", "photos/2.jpg": "" },
      "DATA_INVALID",
      "  photos/\n    1.jpg\n    2.jpg\nWanted is one folder a class:\n",
    ],
    [
      "a folder with only a manifest in it",
      { "photos/labels.csv": "" },
      "DATA_INVALID",
      "If labels.csv lists the images, give its path",
    ],
    ["one class", { "photos/cats/1.jpg": "" }, "DATA_INVALID", 'needs at least 2 classes, found only "cats"'],
    [
      "a class without images",
      { "photos/cats/1.jpg": "", "photos/dogs/x.txt": "" },
      "DATA_EMPTY",
      'class "dogs" has no image file',
    ],
    [
      "classes that differ by case",
      { "photos/cats/1.jpg": "", "photos/Cats/1.jpg": "" },
      "DATA_INVALID",
      '"Cats" and "cats" differ by upper and lower case',
    ],
    [
      "classes that differ by the spelling of an accent",
      { "photos/caf\u00e9/1.jpg": "", "photos/cafe\u0301/1.jpg": "" },
      "DATA_INVALID",
      "differ by upper and lower case or by accents' spelling",
    ],
    [
      "a validation class that train lacks",
      { "photos/train/a/1.jpg": "", "photos/train/b/1.jpg": "", "photos/val/c/1.jpg": "" },
      "CLASS_MISMATCH",
      'class "c" is in validation (val/c/1.jpg) but not in train, which has "a", "b"',
    ],
    [
      "splits mixed with other folders",
      { "photos/train/a/1.jpg": "", "photos/test/a/1.jpg": "", "photos/more/1.jpg": "" },
      "DATA_INVALID",
      '"test", "train" look like splits, but "more" is beside them',
    ],
    [
      "two folders for one split",
      { "photos/train/a/1.jpg": "", "photos/val/a/1.jpg": "", "photos/valid/a/1.jpg": "" },
      "DATA_INVALID",
      '"val", "valid" both stand for the split validation',
    ],
    [
      "a split without class folders",
      { "photos/train/a/1.jpg": "", "photos/train/b/1.jpg": "", "photos/test/1.jpg": "" },
      "DATA_INVALID",
      "photos/test: no class folders in it",
    ],
  ];

  it.each(cases)("%s", async (_, tree, code, message) => {
    const root = `${await temporaryTree(tree)}/photos`;
    await expect(openDataset(root)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
    await expect(openDataset(root)).rejects.toThrow(root);
  });

  it("a missing folder", async () => {
    const root = await temporaryTree({});
    await expect(openDataset(`${root}/photos`)).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: `${root}/photos: does not exist. Check the path.`,
    });
  });

  it("a file that is no manifest", async () => {
    const root = await temporaryTree({ "cat.jpg": "x" });
    await expect(openDataset(`${root}/cat.jpg`)).rejects.toMatchObject({
      code: "DATA_INVALID",
      message: expect.stringContaining(
        "cat.jpg: expected a folder or a manifest (.csv, .jsonl), found another file.",
      ),
    });
  });

  it("links in a circle", async () => {
    const root = await temporaryTree({ a: link("b"), b: link("a") });
    await expect(openDataset(`${root}/a`)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
