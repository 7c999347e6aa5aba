import { PermafrostError } from "../base/errors.ts";
import type { ParameterSpans } from "./optimizer.ts";

/** Byte offset of a slot. */
export function slotOffset(spans: ParameterSpans, slot: string): number {
  const span = spans.slots[slot];
  if (span === undefined)
    throw new PermafrostError("INTERNAL", `internal: no room was made for slot ${slot}.`);
  return span.offset;
}
