import { PermafrostError } from "./errors.ts";
import { didYouMean } from "./names.ts";

/** `glorot_uniform`, `glorotUniform` and `GlorotUniform` are the same identifier: spelling reduced to its letters. */
export function sameSpelling(identifier: string): string {
  return identifier.replaceAll(/[_\-\s]/g, "").toLowerCase();
}

/**
 * Looks a name up in a table whatever its spelling (Keras's snake_case, camelCase or the class name).
 *
 * @param what - What the table holds, for the message: "activation", "loss".
 * @throws PermafrostError UNKNOWN_NAME that lists the known names and the nearest one.
 */
export function lookUp<T>(what: string, identifier: string, table: Readonly<Record<string, T>>): T {
  // Networks of hundreds of layers ask for the same few names, spelt as here.
  if (Object.hasOwn(table, identifier)) return table[identifier]!;
  const wanted = sameSpelling(identifier);
  for (const [name, entry] of Object.entries(table)) {
    if (sameSpelling(name) === wanted) return entry;
  }
  const known = Object.keys(table);
  throw new PermafrostError(
    "UNKNOWN_NAME",
    `unknown ${what} ${JSON.stringify(identifier)}.${didYouMean(identifier, known)} Known: ${known.join(", ")}.`,
    { details: { identifier, known } },
  );
}
