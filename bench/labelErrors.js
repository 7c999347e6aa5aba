// How many labels that were changed on purpose `permafrost review` finds, and how many of its finds were changed.
// node bench/labelErrors.js <folder> [share=0.05] [seed=1]; npm run build first. The folder itself is only read: labels are changed in a
// manifest in a temporary folder.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Random } from "../dist/base/random.js";
import { openDataset } from "../dist/data/openDataset.js";
import { storeFolder } from "../dist/features/storeFolder.js";
import { reviewImages } from "../dist/recipes/reviewImages.js";

const [folder, share = "0.05", seed = "1"] = process.argv.slice(2);
if (folder === undefined) throw new Error("expected: node bench/labelErrors.js <folder> [share] [seed]");

const { samples, classNames } = await openDataset(folder);
const random = new Random(Number(seed), "label errors");
const changed = new Set();
const lines = samples.map(({ path: file, className, label, split = "" }) => {
  if (random.float() >= Number(share)) return [file, className, split];
  changed.add(file);
  return [file, classNames[(label + 1 + random.integer(classNames.length - 1)) % classNames.length], split];
});
const place = await mkdtemp(path.join(tmpdir(), "permafrost-label-errors-"));
try {
  const manifest = path.join(place, "labels.csv");
  const cell = (text) => `"${text.replaceAll('"', '""')}"`;
  await writeFile(
    manifest,
    `path,label,split\n${lines.map((line) => line.map(cell).join(",")).join("\n")}\n`,
  );
  const { issues } = await reviewImages({
    place: manifest,
    store: storeFolder(process.env),
    out: path.join(place, "review"),
    commandLine: "node bench/labelErrors.js",
  });
  const isFound = ({ name }) => changed.has(path.resolve(place, name));
  const found = issues.filter(isFound).length;
  const first = issues.slice(0, changed.size);
  console.log(`${samples.length} images, ${changed.size} labels changed, ${issues.length} reported`);
  console.log(`precision ${(found / issues.length).toFixed(3)}, recall ${(found / changed.size).toFixed(3)}`);
  console.log(
    `of the first ${first.length}: precision ${(first.filter(isFound).length / first.length).toFixed(3)}`,
  );
} finally {
  await rm(place, { recursive: true, force: true });
}
