import { type Digest, digestOf, sha256 } from "../../base/digest.ts";
import { PermafrostError } from "../../base/errors.ts";
import type { Compiled } from "./compile.ts";

/** SHA-256 of each weight that training must leave as it is, by path. */
type FrozenWeights = ReadonlyMap<string, Digest>;

/** Digests of the weights that training must not change: one before a run and one after it, equal. */
export interface FrozenDigests {
  readonly before: Digest;
  readonly after: Digest;
}

/** Names all frozen weights of a compiled model: SHA-256 over their paths, shapes and values (engine layout). */
export function frozenDigest(compiled: Compiled): Digest {
  return digestOfAll(frozenWeights(compiled));
}

/** Watches the frozen weights over a run. */
export class FrozenWatch {
  readonly #compiled: Compiled;
  readonly #before: FrozenWeights;

  constructor(compiled: Compiled) {
    this.#compiled = compiled;
    this.#before = frozenWeights(compiled);
  }

  /**
   * Holds the weights as they are now against those of the start.
   *
   * @throws PermafrostError DIGEST_MISMATCH naming the weights that were changed.
   */
  check(): FrozenDigests {
    const now = frozenWeights(this.#compiled);
    const changed = [...now].filter(([path, digest]) => this.#before.get(path) !== digest);
    const digests = { before: digestOfAll(this.#before), after: digestOfAll(now) };
    if (digests.before === digests.after) return digests;
    const paths = changed.map(([path]) => path);
    const shown = paths.slice(0, 5).join(", ") + (paths.length > 5 ? ` and ${paths.length - 5} more` : "");
    throw new PermafrostError(
      "DIGEST_MISMATCH",
      `${this.#compiled.model.name}: frozen weights were changed while it was trained: ${shown}. Training leaves them alone, so a ` +
        "callback or another model with the same layers has set them: do that before fit, or set trainable = true and compile again.",
      { details: { paths, ...digests } },
    );
  }
}

function frozenWeights({ model, trained, statistics }: Compiled): FrozenWeights {
  const frozen = [...model.namedParameters()].filter(([path]) => !trained.has(path) && !statistics.has(path));
  return new Map(
    frozen.map(([path, { engineShape, value }]) => {
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      return [path, digestOf([engineShape, sha256(bytes)])];
    }),
  );
}

function digestOfAll(weights: FrozenWeights): Digest {
  return digestOf([...weights]);
}
