/**
 * How fast the frozen part of every base network runs: the program that extraction loads, against the same network exported by
 * PyTorch to ONNX and run bare by the same ONNX Runtime, against PyTorch itself and Keras's `predict`. One thread, whole networks
 * without their classifiers at their default sizes, batches of 8 random pictures, random weights.
 *
 * Our session and the bare one live in one process and take turns; the ratio is the median of those of neighbouring turns.
 * Times are processor seconds: on a calm machine they are those of the clock, on a busy one they still tell which is faster.
 *
 *     npm run build && node bench/extractionRates.js                          # ours alone, all networks
 *     node bench/extractionRates.js --networks vgg16,mobilenet --peers python # two of them against PyTorch and Keras
 *     node bench/extractionRates.js --peers python --page docs/benchmarks.md  # all; writes the page's table
 *
 * `--peers` names a Python with the packages of bench/peers/README.md. The exported networks are deleted after their turn.
 * Options: --lines <file> (results as JSON lines; networks already in it are not measured again), --seconds 2 (of each side, at least
 * three turns), --exporter dynamo (PyTorch's default) or script.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import ort from "onnxruntime-node";
import { applications, createBase } from "../dist/applications/index.js";
import { sameSpelling } from "../dist/base/identifiers.js";
import { Runtime } from "../dist/engine/runtime.js";
import { knownNetworks } from "../dist/formats/knownNetworks.js";
import { bindParameters } from "../dist/graph/bind.js";
import { encodeProgram } from "../dist/onnx/encodeProgram.js";

const { values: options } = parseArgs({
  options: {
    networks: { type: "string" },
    peers: { type: "string" },
    seconds: { type: "string", default: "2" },
    exporter: { type: "string", default: "dynamo" },
    lines: { type: "string" },
    page: { type: "string" },
    one: { type: "string" },
    file: { type: "string" },
  },
});
/** Images in one run of the prefix, as extraction has it. */
const batch = 8;
const here = path.dirname(fileURLToPath(import.meta.url));

/** The frozen prefix, with weights that keep values of an ordinary size. */
async function prefixOf(name) {
  const size =
    options.size === undefined ? {} : { inputShape: [Number(options.size), Number(options.size), 3] };
  const base = await createBase(name, { weights: null, ...size });
  const { builder, outputs, parameters } = base.toGraph({ mode: "infer" });
  const weights = new Map([...parameters].map(([key, one]) => [key, randomWeight(one)]));
  return { graph: bindParameters(builder.build(outputs), weights), parameters: base.countParams() };
}

function randomWeight({ name, engineShape: shape }) {
  const count = product(shape);
  const [middle, spread] = name.endsWith("kernel")
    ? [0, Math.sqrt(6 / product(shape.slice(1)))]
    : /gamma|variance/.test(name)
      ? [1, 0.25]
      : [0, 0.1];
  return { dtype: "float32", shape, data: noise(count, middle, spread) };
}

/** middle plus spread times numbers from -1 to 1: xorshift, as large networks have hundreds of millions of weights. */
function noise(count, middle, spread) {
  const values = new Float32Array(count);
  let state = 2463534242;
  for (let index = 0; index < count; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    values[index] = middle + spread * (state / 2 ** 31);
  }
  return values;
}

const product = (sizes) => sizes.reduce((result, size) => result * size, 1);

/** Our session as `features/prefixRunner` runs it: outputs in memory of our own, spared a second copy. */
async function ourSession(graph, pixels) {
  const runtime = await Runtime.start();
  const session = await runtime.load(encodeProgram(graph, { sentinel: true }));
  const [input] = graph.inputs;
  const [output] = graph.outputs;
  const shaped = ({ type }) => [batch, ...type.shape.slice(1)];
  const feeds = { [input.name]: { dtype: "float32", shape: shaped(input), data: pixels } };
  const data = new Float32Array(product(shaped(output)));
  const results = { [output.name]: { dtype: "float32", shape: shaped(output), data } };
  return { run: () => session.runInto(feeds, results), results: data };
}

/** A model of others with the settings that our sessions have. */
async function bareSession(file, shape, pixels) {
  const session = await ort.InferenceSession.create(file, {
    graphOptimizationLevel: "all",
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: "sequential",
    logSeverityLevel: 3,
  });
  const feeds = { [session.inputNames[0]]: new ort.Tensor("float32", pixels, shape) };
  const run = async () => (await session.run(feeds))[session.outputNames[0]].data;
  return { run, results: await run() };
}

/** Processor seconds of each run, by session; the sessions take turns. Other work on the machine lengthens those of the clock. */
async function inTurns(sessions) {
  for (const { run } of sessions) await run();
  const seconds = sessions.map(() => []);
  const enough = (times) => times.length >= 3 && sum(times) >= Number(options.seconds);
  while (!seconds.every(enough)) {
    for (const [index, { run }] of sessions.entries()) {
      const start = process.cpuUsage();
      await run();
      const { user, system } = process.cpuUsage(start);
      seconds[index].push((user + system) / 1e6);
    }
  }
  return seconds;
}

const sum = (values) => values.reduce((total, value) => total + value, 0);
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Values that underflow or overflow would make both sides slow in ways of their own; large ones that do not are computed as fast as any. */
function checkValues(values, whose) {
  const size = median([...values.subarray(0, 1000)].map(Math.abs).filter((value) => value !== 0));
  if (!(size > 1e-15 && size < 1e30)) throw new Error(`${whose}: the features are of size ${size}`);
}

async function measure(name, file) {
  const { graph, parameters } = await prefixOf(name);
  const shape = [batch, ...graph.inputs[0].type.shape.slice(1)];
  const pixels = noise(product(shape), 0, 1);
  const ours = await ourSession(graph, pixels);
  const sessions = file === undefined ? [ours] : [ours, await bareSession(file, shape, pixels)];
  const seconds = await inTurns(sessions);
  checkValues(ours.results, "ours");
  if (file !== undefined) {
    checkValues(sessions[1].results, "exported");
    if (sessions[1].results.length !== ours.results.length)
      throw new Error(`${sessions[1].results.length} numbers in place of ${ours.results.length}`);
  }
  const [own, bare] = seconds.map(median);
  const ratios = bare === undefined ? [] : seconds[1].map((time, turn) => time / seconds[0][turn]);
  return {
    size: shape[2],
    parameters,
    turns: seconds[0].length,
    ours: batch / own,
    ...(bare === undefined ? {} : { bare: batch / bare, ratio: median(ratios) }),
  };
}

/** A program's last line of output, which is JSON. */
function lastLine(program, args) {
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${args.join(" ")}\n${stderr.split("\n").slice(-15).join("\n")}`);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

/** The network's measurements by all programs asked for. */
function measureAll({ commandName: name, defaultSize, kerasName }) {
  const ours = (file) =>
    lastLine(process.execPath, [
      fileURLToPath(import.meta.url),
      ...["--one", name, "--seconds", options.seconds],
      ...(file === undefined ? [] : ["--file", file]),
    ]);
  if (options.peers === undefined) return { name, ...ours() };
  const folder = mkdtempSync(path.join(os.tmpdir(), "permafrost-rates-"));
  const file = path.join(folder, `${name}.onnx`);
  const peer = (script, ...args) => lastLine(options.peers, [path.join(here, "peers", script), ...args]);
  try {
    const torch = peer("export_network.py", name, String(defaultSize), file, options.exporter);
    const measured = ours(file);
    const keras =
      kerasName === undefined
        ? {}
        : { keras: peer("keras_rate.py", kerasClass(kerasName), String(defaultSize)) };
    return { name, ...measured, torch, ...keras };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Keras's function has the name that `knownNetworks` has: "efficientnetv2-b0" is EfficientNetV2B0. */
function kerasClass(kerasName) {
  return knownNetworks.find(({ name }) => sameSpelling(name) === sameSpelling(kerasName)).name;
}

const number = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** The lines of the page's table. */
function tableOf(results) {
  const row = ({ name, size, parameters, ours, bare, ratio, torch, keras }) =>
    [
      `\`${name}\``,
      size,
      (parameters / 1e6).toFixed(1),
      number(ours),
      bare === undefined ? "" : number(bare),
      ratio === undefined ? "" : ratio.toFixed(2),
      torch === undefined ? "" : number(torch.imagesPerSecond),
      keras === undefined ? "" : number(keras.imagesPerSecond),
      torch?.source ?? "",
    ].join(" | ");
  return [
    "| network | pixels | parameters, millions | Permafrost | exported by PyTorch, bare | ratio | PyTorch | Keras | PyTorch's network |",
    "|---|---|---|---|---|---|---|---|---|",
    ...results.map((result) => `| ${row(result)} |`),
  ];
}

/** Where and with what the results were measured. */
function setting(results) {
  const [{ torch, keras } = {}] = results.filter((result) => result.keras !== undefined);
  const versions = Object.entries({ ...torch?.versions, ...keras?.versions }).map((entry) => entry.join(" "));
  const machine = `${os.cpus()[0].model}, ${os.availableParallelism()} cores, ${os.platform()}`;
  return `${machine}; Node ${process.version}, onnxruntime-node ${ort.env.versions.node}${versions.length > 0 ? `, ${versions.join(", ")}` : ""}.`;
}

/** Puts the table between the page's two marks. */
function writePage(file, results) {
  const [start, end] = ["<!-- rates -->", "<!-- end of rates -->"];
  const page = readFileSync(file, "utf8");
  const [before, rest] = [page.split(start)[0], page.split(end)[1]];
  const parts = [before + start, setting(results), tableOf(results).join("\n"), end + rest];
  writeFileSync(file, parts.join("\n\n").replace(`\n\n${end}`, `\n${end}`));
}

/** Measures what the file of lines has not yet */
function measureEach(names) {
  const { lines } = options;
  const kept = lines !== undefined && existsSync(lines) ? readFileSync(lines, "utf8").trim().split("\n") : [];
  const known = new Map(kept.map((line) => JSON.parse(line)).map((result) => [result.name, result]));
  return names.map((name) => {
    const application = applications.find(({ commandName }) => commandName === name);
    if (application === undefined) throw new Error(`no network ${name}`);
    const result = known.get(name) ?? measureAll(application);
    if (lines !== undefined && !known.has(name)) appendFileSync(lines, `${JSON.stringify(result)}\n`);
    console.log(tableOf([result]).at(-1));
    return result;
  });
}

if (options.one !== undefined) {
  process.stdout.write(`${JSON.stringify(await measure(options.one, options.file))}\n`);
} else {
  // The two small encoders are ours alone: there is nobody to compare them with.
  const all = applications
    .map(({ commandName }) => commandName)
    .filter((name) => !/^small$|^vgg_like$/.test(name));
  const results = measureEach(options.networks?.split(",") ?? all);
  console.log(setting(results));
  if (options.page !== undefined) writePage(options.page, results);
}
