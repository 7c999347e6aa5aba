import { describe, expect, it } from "vitest";
import { Random } from "../base/random.ts";
import { batchOrder } from "./batches.ts";

const lists = (batches: readonly Uint32Array[]) => batches.map((batch) => [...batch]);

describe("batchOrder", () => {
  it("keeps the order and the smaller last batch", () => {
    const batches = batchOrder(7, { batchSize: 3, seed: 1, epoch: 0, shuffle: false });
    expect(lists(batches)).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  });

  it("shuffles by seed and epoch alone", () => {
    const batches = batchOrder(10, { batchSize: 4, seed: 3, epoch: 2, shuffle: true });
    expect(lists(batches).flat()).toEqual([...new Random(3, "shuffle", 2).permutation(10)]);
    expect(batches.map(({ length }) => length)).toEqual([4, 4, 2]);
    expect(lists(batchOrder(10, { batchSize: 4, seed: 3, epoch: 3, shuffle: true }))).not.toEqual(
      lists(batches),
    );
  });

  it("makes one batch where the batch is larger than the data, and none without data", () => {
    expect(lists(batchOrder(2, { batchSize: 32, seed: 0, epoch: 0, shuffle: false }))).toEqual([[0, 1]]);
    expect(batchOrder(0, { batchSize: 32, seed: 0, epoch: 0, shuffle: true })).toEqual([]);
  });

  it.each([0, -1, 2.5, Number.NaN])("refuses the batch size %d", (batchSize) => {
    expect(() => batchOrder(5, { batchSize, seed: 0, epoch: 0, shuffle: true })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});
