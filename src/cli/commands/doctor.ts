import { statfs } from "node:fs/promises";
import { availableParallelism, freemem, platform, release, totalmem } from "node:os";
import { messageOf } from "../../base/errors.ts";
import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { gibibytes } from "../text.ts";

/** One thing that was looked at. `mend` is the command that puts it right. */
interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  readonly mend?: string;
}

export const doctor: CommandDefinition = {
  name: "doctor",
  summary: "check this machine: Node, engine, numerics class, memory, feature store",
  examples: ["permafrost doctor", "permafrost doctor --json"],
  declare(command) {
    command.option("--store <folder>", "feature store to look at (default: where features are kept)");
  },
  async run(_positional, options, { output, environment }) {
    const checks = [
      checkNode(),
      { name: "platform", ok: true, found: `${platform()} ${release()}, ${process.arch}` },
      ...(await checkEngine()),
      await checkDecoder(),
      await checkBase(),
      { name: "cores", ok: true, found: String(availableParallelism()) },
      { name: "memory", ok: true, found: `${gibibytes(totalmem())} in all, ${gibibytes(freemem())} free` },
      await checkStore(options["store"] as string | undefined, environment),
    ];
    for (const check of checks) {
      output.print(`${check.ok ? "ok     " : "MISSING"}  ${check.name.padEnd(15)} ${check.found}`);
      if (check.mend !== undefined) output.print(`${" ".repeat(25)}mend it: ${check.mend}`);
    }
    output.emit({ event: "doctor", ok: checks.every((check) => check.ok), checks });
    return checks.every((check) => check.ok) ? exitCodes.done : exitCodes.failed;
  },
};

function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  const found = `${process.versions.node}${ok ? "" : " (20.19 or newer is needed)"}`;
  return ok ? { name: "node", ok, found } : { name: "node", ok, found, mend: "install Node 22 or newer" };
}

async function checkEngine(): Promise<Check[]> {
  const { engineInstallCommand } = await import("../../engine/ort.ts");
  try {
    const { Engine } = await import("../../engine/engine.ts");
    const engine = await Engine.start({ workers: 1 });
    await engine.close();
    const copies = engine.skipsCopies
      ? "outputs are not copied twice"
      : "outputs are copied twice (slower, same values)";
    return [
      { name: "engine", ok: true, found: `onnxruntime-node ${engine.version}; ${copies}` },
      { name: "numerics class", ok: true, found: engine.numericsClass },
    ];
  } catch (error) {
    return [{ name: "engine", ok: false, found: messageOf(error), mend: engineInstallCommand }];
  }
}

async function checkDecoder(): Promise<Check> {
  try {
    const [{ decodeVersion }] = await Promise.all([
      import("../../images/decode.ts"),
      import("../../images/codec.ts"),
    ]);
    return { name: "image decoder", ok: true, found: decodeVersion };
  } catch (error) {
    return {
      name: "image decoder",
      ok: false,
      found: messageOf(error),
      mend: "npm install --ignore-scripts sharp",
    };
  }
}

async function checkBase(): Promise<Check> {
  const name = "embedded base";
  try {
    const { embeddedWeights, readEmbeddedWeights } = await import("../../applications/embeddedWeights.ts");
    await readEmbeddedWeights();
    return { name, ok: true, found: `mobilenet_v3_small, sha256 ${embeddedWeights.sha256.slice(0, 16)}` };
  } catch (error) {
    return { name, ok: false, found: messageOf(error), mend: "npm ci" };
  }
}

async function checkStore(
  asked: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Check> {
  const { describeStore } = await import("../../features/describeStore.ts");
  const { storeFolder } = await import("../../features/storeFolder.ts");
  const folder = asked ?? storeFolder(environment);
  try {
    const { bytes, packs } = await describeStore(folder);
    const free = await freeSpace(folder);
    return {
      name: "feature store",
      ok: true,
      found: `${folder}: ${packs} packs, ${gibibytes(bytes)}${free}`,
    };
  } catch (error) {
    return {
      name: "feature store",
      ok: false,
      found: messageOf(error),
      mend: "set PERMAFROST_STORE to a folder that can be written",
    };
  }
}

async function freeSpace(folder: string): Promise<string> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return `; ${gibibytes(bavail * bsize)} free on its disk`;
  } catch {
    return "; not made yet";
  }
}
