import { setImmediate as nextTurn } from "node:timers/promises";
import type { KeyIndex } from "../keyIndex.ts";
import { rowBytes } from "../packFormat.ts";
import type { PackWriter } from "../packWriter.ts";
import { keyOf, type StoredPack } from "./storedPack.ts";

export interface Copied {
  readonly rows: number;
  /** Rows left out because they are damaged. */
  readonly damaged: readonly number[];
}

/**
 * Copies the good rows of a pack to a writer as they are stored, each key once.
 *
 * @param known - Keys to pass over; those copied are added.
 */
export async function copyRows(
  pack: StoredPack,
  writer: PackWriter,
  known: KeyIndex,
  wanted: (key: Uint8Array) => boolean = () => true,
): Promise<Copied> {
  const size = rowBytes(pack.format);
  let rows = 0;
  for (const piece of pack.pieces()) {
    for (let index = 0; index < piece.rows; index++) {
      const key = keyOf(pack.keys, piece.first + index);
      if (pack.damaged.has(piece.first + index) || known.find(key) >= 0 || !wanted(key)) continue;
      known.add(key);
      await writer.appendStored(key, piece.stored.subarray(index * size, (index + 1) * size));
      rows++;
    }
    await nextTurn();
  }
  return { rows, damaged: [...pack.damaged] };
}
