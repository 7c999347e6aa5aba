import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { messageOf, PermafrostError } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { silenceTelemetry } from "./telemetry.ts";

/** The parts of ONNX Runtime that the engine uses. This file is the only one that imports it. */
export interface Ort {
  readonly version: string;
  load(model: Uint8Array, options: LoadOptions): Promise<InferenceSession>;
  wrap(tensor: Tensor): OrtTensor;
}

export interface LoadOptions {
  /** Threads that one run of the model may use. */
  readonly threads: number;
  /**
   * Let ONNX Runtime lay out all values of a run in one block once it has seen a first run. It keeps the memory of the first run
   * beside it: for large graphs (a training step) that nearly doubles the peak and gains nothing. Default true.
   */
  readonly plansMemory?: boolean;
  /** False: constants are computed and types found, which a model that is only looked at needs, and nothing else. Default true. */
  readonly isOptimized?: boolean;
}

/** The command that mends a missing or broken engine; right on every npm (install scripts would fetch GPU libraries). */
export const engineInstallCommand = "npm install --ignore-scripts onnxruntime-node@1.30.0";

/**
 * Loads ONNX Runtime.
 *
 * @throws PermafrostError ENGINE_MISSING with the command that mends it.
 */
export async function loadOrt(): Promise<Ort> {
  silenceTelemetry();
  try {
    const { default: ort } = await import("onnxruntime-node");
    return {
      version: ort.env.versions.node ?? ort.env.versions.common,
      load: (model, options) => ort.InferenceSession.create(model, sessionOptions(options)),
      wrap: (tensor) => wrapTensor(ort.Tensor, tensor),
    };
  } catch (error) {
    throw new PermafrostError(
      "ENGINE_MISSING",
      `ONNX Runtime cannot be loaded (${messageOf(error)}). Install it: ${engineInstallCommand}`,
      { cause: error },
    );
  }
}

/** One optimization level for everything: bits agree only within one level, and "all" is also the fastest. */
export const optimizationLevel = "all";

function sessionOptions({
  threads,
  plansMemory = true,
  isOptimized = true,
}: LoadOptions): InferenceSession.SessionOptions {
  return {
    graphOptimizationLevel: isOptimized ? optimizationLevel : "basic",
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    enableMemPattern: plansMemory,
    // Sessions that wait would otherwise burn the core that another session needs.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
    logSeverityLevel: 3,
  };
}

function wrapTensor(OrtTensorClass: typeof OrtTensor, tensor: Tensor): OrtTensor {
  const { dtype, shape, data } = tensor;
  // The pair (dtype, data) always matches in our tensors; ONNX Runtime's overloads ask for each pair alone.
  return new OrtTensorClass(dtype as "float32", data as Float32Array, shape);
}
