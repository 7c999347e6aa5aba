import { PermafrostError } from "../base/errors.ts";

/** Keras's automatic name of a class: `Conv2D` gives `conv2d`, `BatchNormalization` gives `batch_normalization`. */
export function snakeCase(className: string): string {
  return className
    .replaceAll(/([a-z])([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}

/** Something that has a name, perhaps not yet given. */
export interface Named {
  readonly kind: string;
  readonly givenName: string | undefined;
  rename(name: string): void;
}

/**
 * Gives every nameless one Keras's automatic name: `dense`, then `dense_1`, counted inside this list only.
 * Names that are taken are passed over.
 *
 * @throws PermafrostError INVALID_ARGUMENT when two have the same given name.
 */
export function giveNames(named: readonly Named[], place: string): void {
  const taken = new Set<string>();
  for (const { givenName } of named) {
    if (givenName === undefined) continue;
    if (taken.has(givenName)) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `${place}: two layers are named ${JSON.stringify(givenName)}; names must be unique. Give one another name.`,
        { details: { name: givenName } },
      );
    }
    taken.add(givenName);
  }
  const counts = new Map<string, number>();
  for (const one of named) {
    if (one.givenName !== undefined) continue;
    const base = snakeCase(one.kind);
    let count = counts.get(base) ?? 0;
    let name = numbered(base, count);
    while (taken.has(name)) name = numbered(base, ++count);
    counts.set(base, count + 1);
    taken.add(name);
    one.rename(name);
  }
}

function numbered(base: string, count: number): string {
  return count === 0 ? base : `${base}_${count}`;
}
