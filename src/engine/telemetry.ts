/**
 * ONNX Runtime 1.30 keeps an identifier of the machine and records of events in the user's cache folder and may upload
 * them. Nothing of that is wanted here. Its native code reads the variable when it is loaded, from the environment of the
 * process; a worker thread has only a copy, so this must be called in the main thread before a worker starts.
 */
export function silenceTelemetry(): void {
  process.env["ORT_DISABLE_TELEMETRY"] = "1";
}
