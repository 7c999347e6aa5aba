import { PermafrostError } from "../base/errors.ts";

/**
 * The error for a sound model file with something in it that is not supported.
 *
 * @param where - The file, and what in it: "model.keras: layer conv1 (Conv2D)".
 * @param what - Goes on from there: "option data_format is "channels_first", expected "channels_last"".
 */
export function refusal(where: string, what: string, cause?: unknown): PermafrostError {
  return new PermafrostError("MODEL_UNSUPPORTED", `${where}: ${what}.`, { details: { path: where }, cause });
}

/** A value as a message shows it; long ones are cut. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
