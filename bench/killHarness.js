/**
 * Kills `permafrost train` with SIGKILL at random moments and runs the same command again until it comes to its end.
 * After every kill the store must be clean (or name what the killed process was writing), and a bundle, where there is one,
 * must be whole; at the end the weights must have the digest of a run that was never killed.
 *
 *     npm run build && node bench/killHarness.js [--kills 200] [--seed 1] [--pictures 30]
 *
 * Prints one JSON line an event; the last has the counts. Exit code 1 when anything was not as it must be.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { Random } from "../dist/base/random.js";
import { verifyStore } from "../dist/features/maintenance/verifyStore.js";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    pictures: { type: "string", default: "30" },
  },
});
const kills = Number(values.kills);
const random = new Random(Number(values.seed), "kill harness");
const bin = fileURLToPath(new URL("../bin/permafrost.js", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "permafrost-kills-"));
const at = (...names) => path.join(folder, ...names);

/** What is run: extraction, training and saving each take a good part of the time. */
const scenarios = [
  { name: "none", options: ["--epochs", "250", "--head", "dense:256,dropout:0.3"] },
  {
    name: "pool",
    options: ["--epochs", "200", "--head", "dense:64", "--augment", "book", "--draws", "pool:3"],
  },
  { name: "fresh", options: ["--epochs", "8", "--head", "linear", "--augment", "light", "--draws", "fresh"] },
];

/** A killed run is killed again at most so often before it may come to its end. */
const mostKillsOfARun = 4;

async function writePictures() {
  for (const [label, name] of ["across", "slanted", "upright"].entries()) {
    mkdirSync(at("photos", name), { recursive: true });
    for (let number = 0; number < Number(values.pictures); number++) {
      const side = 96;
      const pixels = Buffer.alloc(side * side * 3);
      const period = 6 + random.integer(14);
      const colors = Array.from({ length: 6 }, () => random.integer(256));
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) {
          const stripe = Math.floor([y, x + y, x][label] / period) % 2;
          for (let c = 0; c < 3; c++) pixels[(y * side + x) * 3 + c] = colors[stripe * 3 + c];
        }
      }
      const png = sharp(pixels, { raw: { width: side, height: side, channels: 3 } }).png();
      writeFileSync(at("photos", name, `${number}.png`), await png.toBuffer());
    }
  }
}

/** Runs to the end, or to a SIGKILL after so many milliseconds. */
function train(scenario, killAfter) {
  const words = ["train", "photos", "--image-size", "96", "--batch-size", "16", "--json", "--out", "out"];
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(process.execPath, [bin, ...words, "--store", "store", ...scenario.options], {
      cwd: folder,
    });
    let stderr = "";
    let stdout = "";
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const resumed = stdout.includes('"event":"resumed"');
      resolve({ code, killed: signal === "SIGKILL", ms: performance.now() - begin, stderr, resumed });
    });
  });
}

const sha256 = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");
const headDigest = (bundle = "out") => sha256(at(bundle, "head.safetensors"));

function clear() {
  for (const name of readdirSync(folder)) {
    if (name !== "photos") rmSync(at(name), { recursive: true, force: true });
  }
}

/** Where the kill came, by what is on disk. */
function phase(hadBundle) {
  if (existsSync(at("out", "permafrost.json")) && !hadBundle) return "after saving";
  if (existsSync(at("out.run", "checkpoint.safetensors"))) return "training or saving";
  if (existsSync(at("out.run", "run.json"))) return "features or first epoch";
  return "starting";
}

/** What is wrong on disk after a kill. */
async function problemsAfterKill(reference) {
  const problems = [];
  const store = existsSync(at("store")) ? await verifyStore(at("store")) : undefined;
  if (store !== undefined && !store.clean) {
    problems.push(`store: ${store.badRows.length} bad rows, ${store.badPacks.length} bad packs`);
  }
  for (const bundle of ["out", ".old-out"]) {
    if (!existsSync(at(bundle))) continue;
    const names = readdirSync(at(bundle)).sort().join(" ");
    if (names !== "head.safetensors permafrost.json report.html report.json")
      problems.push(`${bundle}: has ${names}`);
    else if (headDigest(bundle) !== reference) problems.push(`${bundle}: other weights`);
  }
  return { problems, temporaries: store?.temporaries.length ?? 0 };
}

const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const counts = { kills: 0, finished: 0, resumed: 0, temporaries: 0, phases: {}, scenarios: {} };
const problems = [];

async function reference(scenario) {
  clear();
  const { code, ms, stderr } = await train(scenario);
  if (code !== 0) throw new Error(`the run that is not killed failed: ${stderr}`);
  const digest = headDigest();
  say({ event: "reference", scenario: scenario.name, ms: Math.round(ms), digest });
  return { digest, ms };
}

/** One run with its kills, to its end. */
async function killedRun(scenario, { digest, ms }) {
  // Every second run replaces a bundle, the others start from nothing; every third finds its features stored.
  const keepsBundle = counts.finished % 2 === 1;
  if (!keepsBundle) rmSync(at("out"), { recursive: true, force: true });
  if (counts.finished % 3 !== 2) rmSync(at("store"), { recursive: true, force: true });
  for (let kill = 0; ; kill++) {
    const mayKill = kill < mostKillsOfARun && counts.kills < kills;
    const run = await train(scenario, mayKill ? 300 + random.float() * ms : undefined);
    if (run.resumed) counts.resumed++;
    if (!run.killed) return noteEnd(scenario, run, digest);
    await noteKill(scenario, keepsBundle, digest);
  }
}

function noteEnd({ name }, { code, stderr }, digest) {
  const found = code === 0 ? headDigest() : `exit code ${code}: ${stderr}`;
  if (found !== digest) problems.push(`${name}: expected ${digest}, got ${found}`);
  const left = readdirSync(folder).filter((each) => each.startsWith("out.run") || each.startsWith(".old-"));
  if (left.length > 0) problems.push(`${name}: left behind ${left.join(", ")}`);
  counts.finished++;
}

async function noteKill({ name }, keepsBundle, digest) {
  const where = phase(keepsBundle);
  counts.kills++;
  counts.scenarios[name] = (counts.scenarios[name] ?? 0) + 1;
  counts.phases[where] = (counts.phases[where] ?? 0) + 1;
  const after = await problemsAfterKill(digest);
  counts.temporaries += after.temporaries;
  problems.push(...after.problems.map((text) => `${name}, killed ${where}: ${text}`));
}

try {
  await writePictures();
  for (const [index, scenario] of scenarios.entries()) {
    const whole = await reference(scenario);
    const goal = Math.round((kills * (index + 1)) / scenarios.length);
    clear();
    while (counts.kills < goal) {
      await killedRun(scenario, whole);
      say({ event: "run", scenario: scenario.name, kills: counts.kills, finished: counts.finished });
    }
  }
  say({ event: "result", ...counts, problems });
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
