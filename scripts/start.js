/**
 * `npm start`: the main job. Without an argument it runs on the sample pictures (made first where they are missing);
 * `npm start -- path/to/photos` runs it on a folder of your own. Further options go to `permafrost train` as they are.
 */
import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const program = path.join(root, "bin", "permafrost.js");
/** Where the user typed the command; npm itself runs scripts in the package's folder. */
const here = process.env.INIT_CWD ?? process.cwd();

/** Runs the program with the terminal of this one; Ctrl-C reaches both, so this one waits for the other to stop cleanly. */
function permafrost(args) {
  const child = spawn(process.execPath, [program, ...args], { stdio: "inherit" });
  const wait = () => {};
  process.on("SIGINT", wait);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

/** As a shell reads it: quotes only where they are needed. */
function quoted(text) {
  return /^[\w./\\:@%+=-]+$/.test(text) ? text : JSON.stringify(text);
}

/** A path as one types it here. */
function shown(absolute) {
  const relative = path.relative(here, absolute);
  return relative.startsWith("..") ? absolute : relative;
}

async function firstPicture(folder) {
  const names = await readdir(folder);
  return path.join(folder, names.sort()[0] ?? "");
}

function say(out, nextCommands) {
  console.error("");
  console.error(`  the classifier   ${quoted(shown(out))}`);
  console.error(`  the report       ${quoted(shown(path.join(out, "report.html")))}  (open it in a browser)`);
  console.error("\n  try next");
  for (const command of nextCommands) console.error(`    ${command}`);
}

const given = process.argv.slice(2);
const own = given[0] !== undefined && !given[0].startsWith("--");
const folder = own ? path.resolve(here, given[0]) : path.join(root, "sample");
const options = own ? given.slice(1) : given;
const outAt = options.indexOf("--out");
const out =
  outAt >= 0 && options[outAt + 1] !== undefined
    ? path.resolve(here, options[outAt + 1])
    : path.join(root, "runs", path.parse(folder).name || "photos");

if (!own) {
  const { makeSample } = await import("./makeSample.js");
  await makeSample(folder);
}
const code = await permafrost(["train", folder, ...options, "--out", out]);
process.exitCode = code;
if (code === 0 || code === 3) {
  const run = `node ${quoted(shown(program))}`;
  const bundle = quoted(shown(out));
  const picture = own
    ? "<a picture>"
    : quoted(shown(await firstPicture(path.join(folder, "test", "animal"))));
  say(out, [
    `${run} predict ${bundle} ${picture}`,
    `${run} evaluate ${bundle} ${own ? "<a folder>" : quoted(shown(path.join(folder, "test")))}`,
    `${run} inspect ${bundle}`,
  ]);
}
