import { PermafrostError } from "../base/errors.ts";
import { didYouMean } from "../base/names.ts";

/** An INVALID_ARGUMENT error that says where, what was expected and what came. */
export function invalid(where: string, expected: string, received: unknown, advice = ""): PermafrostError {
  const shown = JSON.stringify(received) ?? String(received);
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${where}: expected ${expected}, received ${shown}.${advice === "" ? "" : ` ${advice}`}`,
    { details: { option: where, received: shown } },
  );
}

/** @throws PermafrostError INVALID_ARGUMENT for an option that does not exist, with the nearest one that does. */
export function checkNames(owner: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${owner}: unknown option ${JSON.stringify(name)}.${didYouMean(camelCase(name), known)} Known: ${known.join(", ")}.`,
      { details: { option: name } },
    );
  }
}

/** @throws PermafrostError INVALID_ARGUMENT unless the value is one of those listed. */
export function oneOf<T>(where: string, value: T, known: readonly T[]): T {
  if (known.includes(value)) return value;
  const hint =
    typeof value === "string"
      ? didYouMean(
          value,
          known.filter((name) => typeof name === "string"),
        )
      : "";
  throw invalid(where, `one of ${known.map((name) => JSON.stringify(name)).join(", ")}`, value, hint.trim());
}

/** @throws PermafrostError INVALID_ARGUMENT unless the value is a finite number that is large enough. */
export function numberFrom(where: string, value: unknown, least = Number.NEGATIVE_INFINITY): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= least) return value;
  const bound = least === Number.NEGATIVE_INFINITY ? "" : ` of at least ${least}`;
  throw invalid(where, `a number${bound}`, value);
}

/** @throws PermafrostError INVALID_ARGUMENT unless the value is a whole number that is large enough. */
export function wholeFrom(where: string, value: unknown, least: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least) return value;
  throw invalid(where, `a whole number of at least ${least}`, value);
}

/** @throws PermafrostError INVALID_ARGUMENT unless the value is true or false. */
export function booleanFrom(where: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw invalid(where, "true or false", value);
}

/** @throws PermafrostError INVALID_ARGUMENT unless the value is a pair of numbers. */
export function pairFrom(where: string, value: unknown): readonly [number, number] {
  if (Array.isArray(value) && value.length === 2) {
    return [numberFrom(`${where}[0]`, value[0]), numberFrom(`${where}[1]`, value[1])];
  }
  throw invalid(where, "a pair of numbers", value);
}

/** Python's spelling is understood for the sake of the hint: rotation_range is near rotationRange. */
function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
