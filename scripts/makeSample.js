/**
 * Makes the sample data set "animal or food?": emoji of several designs, rendered here; nothing is downloaded.
 * Four designs are for training; the fifth is the test split and never seen in training.
 *
 *   node scripts/makeSample.js [folder] [--per-class N]
 *
 * Does nothing when the folder is complete. A folder that this script has not made is never touched.
 */
import { randomBytes } from "node:crypto";
import { access, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { emojiOfClass, findEmoji, pictureSvg } from "./samplePictures.js";

const require = createRequire(import.meta.url);

const designs = [
  { set: "noto", split: "train" },
  { set: "twemoji", split: "train" },
  { set: "fluent-emoji-flat", split: "train" },
  { set: "emojione", split: "train" },
  { set: "openmoji", split: "test" },
];

/** Its presence says that the folder is complete: it is in place before the folder gets its name. */
const markName = "LICENSES.txt";
const markLine = "Sample pictures of Permafrost, version 1";

/**
 * Makes the sample where it is missing.
 *
 * @param folder - Its place; made with a temporary name beside it and renamed when complete.
 * @param options.perClass - Pictures a class and design; all (about 75) by default.
 * @returns How many pictures were made; 0 when the sample was there already.
 */
export async function makeSample(folder, { perClass = Number.POSITIVE_INFINITY, log = console.error } = {}) {
  if (await isComplete(folder)) return 0;
  const pictures = listPictures(perClass);
  const temporary = `${path.resolve(folder)}.tmp-${randomBytes(4).toString("hex")}`;
  log(`Making the sample pictures (${pictures.length}) in ${folder} ...`);
  try {
    for (const { file } of pictures)
      await mkdir(path.join(temporary, path.dirname(file)), { recursive: true });
    await renderAll(pictures, temporary);
    await writeFile(path.join(temporary, markName), licenseText());
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return pictures.length;
}

async function isComplete(folder) {
  try {
    await access(folder);
  } catch {
    return false;
  }
  const mark = await readFile(path.join(folder, markName), "utf8").catch(() => "");
  if (mark.startsWith("Sample pictures of Permafrost")) return true;
  throw new Error(`${folder} exists and was not made by this script. Move it away or give another folder.`);
}

/** Every picture: its file below the sample folder and its emoji. */
function listPictures(perClass) {
  return designs.flatMap(({ set, split }) => {
    const icons = require(`@iconify-json/${set}/icons.json`);
    return Object.entries(emojiOfClass).flatMap(([className, names]) =>
      names.slice(0, perClass).map((name) => {
        const emoji = findEmoji(icons, name);
        if (emoji === undefined)
          throw new Error(`@iconify-json/${set} has no emoji "${name}". Run npm ci again.`);
        return { file: path.join(split, className, `${set}-${name}.jpg`), name: `${set}/${name}`, emoji };
      }),
    );
  });
}

async function renderAll(pictures, folder) {
  const waiting = pictures.values();
  const renderer = async () => {
    for (const { file, name, emoji } of waiting) {
      const svg = Buffer.from(pictureSvg(name, emoji));
      await sharp(svg).removeAlpha().jpeg({ quality: 90 }).toFile(path.join(folder, file));
    }
  };
  await Promise.all([renderer(), renderer(), renderer(), renderer()]);
}

/** Whose drawings the pictures show, as the packages themselves say. */
function licenseText() {
  const rows = designs.map(({ set, split }) => {
    const { name, author, license } = require(`@iconify-json/${set}/info.json`);
    const { version } = require(`@iconify-json/${set}/package.json`);
    return `${name} by ${author.name} (${author.url}), ${license.title} (${license.url})\n  used for: ${split}; from @iconify-json/${set} ${version}\n`;
  });
  return [
    `${markLine}\n`,
    "Made by scripts/makeSample.js from the emoji designs named below: each drawing was scaled, turned, perhaps mirrored,",
    "and put on a background. The pictures are for trying the program; whoever passes them on keeps to these licences",
    "(OpenMoji's asks that changed drawings be shared under the same licence).\n",
    ...rows,
  ].join("\n");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { "per-class": { type: "string" } },
  });
  const folder = positionals[0] ?? "sample";
  const perClass = values["per-class"] === undefined ? undefined : Number(values["per-class"]);
  try {
    const made = await makeSample(folder, perClass === undefined ? {} : { perClass });
    console.log(
      made === 0
        ? `${folder} is complete already.`
        : `${folder}: ${made} pictures made. Licences: ${folder}/${markName}`,
    );
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
