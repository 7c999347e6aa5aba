/** Rows that are put together two at a time. */
export interface JoinedRows {
  /** The first row of those that this one is together with. */
  first(row: number): number;
  /** @returns false where they were together before. */
  join(a: number, b: number): boolean;
}

/** Every row by itself. Memory and time grow with the rows, whatever the order of joining (union-find, paths halved). */
export function joinedRows(rows: number): JoinedRows {
  const above = Uint32Array.from({ length: rows }, (_, row) => row);
  const first = (row: number) => {
    let at = row;
    while (above[at] !== at) {
      above[at] = above[above[at]!]!;
      at = above[at]!;
    }
    return at;
  };
  return {
    first,
    join(a, b) {
      const [x, y] = [first(a), first(b)];
      above[Math.max(x, y)] = Math.min(x, y);
      return x !== y;
    },
  };
}
