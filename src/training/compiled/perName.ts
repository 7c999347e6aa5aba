import { PermafrostError } from "../../base/errors.ts";
import { didYouMean } from "../../base/names.ts";

/** Something for each of several inputs or outputs: a list in their order, or by name. null: nothing for this one. */
export type PerName<T> = readonly (T | null | undefined)[] | Readonly<Record<string, T | null | undefined>>;

/**
 * Brings a list or a dictionary into the order of the names.
 *
 * @param what - What is given, for messages: "loss", "x".
 * @param kind - What the names are of: "output", "input".
 * @throws PermafrostError INVALID_ARGUMENT for a list of another length; UNKNOWN_NAME for a name that is none.
 */
export function inOrder<T>(
  what: string,
  kind: string,
  names: readonly string[],
  given: PerName<T>,
): readonly (T | undefined)[] {
  if (isList(given)) {
    if (given.length === names.length) return given.map((value) => value ?? undefined);
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${what}: expected one for each of the ${names.length} ${kind}s (${names.join(", ")}), got a list of ${given.length}.`,
    );
  }
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    throw new PermafrostError(
      "UNKNOWN_NAME",
      `${what}: the model has no ${kind} ${JSON.stringify(name)}.${didYouMean(name, names)} Its ${kind}s: ${names.join(", ")}.`,
    );
  }
  return names.map((name) => given[name] ?? undefined);
}

function isList<T>(given: PerName<T>): given is readonly (T | null | undefined)[] {
  return Array.isArray(given);
}

/** Whether it is an object whose members are named by the user, and no array, tensor or source of samples. */
export function isDictionary(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype && !("dtype" in value) && !("read" in value);
}
