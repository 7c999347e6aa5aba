/** Of every row the least values that it was told of, rising, with the rows that they are of: [rows, count] each. */
export interface LeastOfRows {
  readonly count: number;
  /** Infinity where fewer were told. */
  readonly values: Float64Array;
  readonly others: Uint32Array;
  /** Of equal values the first told comes first. */
  insert(row: number, other: number, value: number): void;
}

export function leastOfRows(rows: number, count: number): LeastOfRows {
  const values = new Float64Array(rows * count).fill(Number.POSITIVE_INFINITY);
  const others = new Uint32Array(rows * count);
  return {
    count,
    values,
    others,
    insert(row, other, value) {
      const start = row * count;
      let place = start + count - 1;
      if (!(value < values[place]!)) return;
      for (; place > start && values[place - 1]! > value; place--) {
        values[place] = values[place - 1]!;
        others[place] = others[place - 1]!;
      }
      values[place] = value;
      others[place] = other;
    },
  };
}
