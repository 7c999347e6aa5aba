// Compiles assembly/{training,images}.ts to build/*.wasm; does nothing where the results are newer than all sources.
import { mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const modules = ["training", "images"];

/** The kernels own nothing in the memory they get: no data segments, no heap, no collector. */
const flags = [
  ...["--optimizeLevel", "3", "--shrinkLevel", "0", "--converge", "--noAssert"],
  ...["--enable", "simd", "--runtime", "stub", "--importMemory", "--initialMemory", "1", "--noExportMemory"],
];

function modified(file) {
  return statSync(`${folder}${file}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function isUpToDate() {
  const sources = ["build.js", ...readdirSync(`${folder}assembly`).map((name) => `assembly/${name}`)];
  const newest = Math.max(...sources.map(modified));
  return modules.every((name) => modified(`build/${name}.wasm`) > newest);
}

async function compile(asc, name) {
  const unfinished = `build/.${name}-${process.pid}.wasm`;
  const { error, stderr } = await asc.main([
    `assembly/${name}.ts`,
    ...["--baseDir", folder, "--outFile", unfinished],
    ...flags,
  ]);
  if (error) throw new Error(`kernels/assembly/${name}.ts: ${error.message}\n${stderr.toString()}`);
  renameSync(`${folder}${unfinished}`, `${folder}build/${name}.wasm`);
}

if (!isUpToDate()) {
  mkdirSync(`${folder}build`, { recursive: true });
  // The compiler takes half a second to load: not before it is needed.
  const { default: asc } = await import("assemblyscript/asc");
  for (const name of modules) await compile(asc, name);
}
