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

function linuxCpuFlags(): ReadonlySet<string> | undefined {
  if (platform() !== "linux") return undefined;
  try {
    const line = /^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1];
    return line === undefined ? undefined : new Set(line.trim().split(/\s+/));
  } catch {
    return undefined;
  }
}
