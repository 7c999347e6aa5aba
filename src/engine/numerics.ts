import { readFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import { optimizationLevel } from "./ort.ts";

/**
 * Inside one numerics class the same computation gives the same bits; between two it need not.
 * Engine and version, platform, CPU feature class, optimization level: `onnxruntime-node 1.30.0, linux-x64, avx512, all`.
 */
export function numericsClass(engineVersion: string): string {
  return `onnxruntime-node ${engineVersion}, ${platform()}-${arch()}, ${cpuClass()}, ${optimizationLevel}`;
}

/**
 * The widest vector instructions for which ONNX Runtime has kernels of its own.
 * Where they cannot be read, the processor's model name stands in: a class too narrow only costs a recomputation.
 */
export function cpuClass(): string {
  if (arch() !== "x64") return arch();
  const flags = linuxCpuFlags();
  if (flags === undefined) return cpus()[0]?.model.trim() ?? "unknown";
  if (flags.has("avx512f")) return "avx512";
  if (flags.has("avx2") && flags.has("fma")) return "avx2";
  return flags.has("avx") ? "avx" : "sse";
}

/**
 * Channels in a block of the layout in which ONNX Runtime's convolutions are fastest here: as many floats as a vector register holds.
 * Undefined where that is not known or PERMAFROST_PLAIN_CONVOLUTIONS is set; then no program is written for that layout. The training thread tries it before it trusts it.
 */
export function channelBlock(): number | undefined {
  if (process.env["PERMAFROST_PLAIN_CONVOLUTIONS"]) return undefined;
  return { avx512: 16, avx2: 8, avx: 8 }[cpuClass()];
}

function linuxCpuFlags(): ReadonlySet<string> | undefined {
  if (platform() !== "linux") return undefined;
  try {
    const line = /^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1];
    return line === undefined ? undefined : new Set(line.trim().split(/\s+/));
  } catch {
    return undefined;
  }
}
