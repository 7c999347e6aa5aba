import { digestOf } from "../../base/digest.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import type { BatchSource, SampleNames } from "./batchSource.ts";

/**
 * Several sources of the same samples as one: a sample is a row of all their numbers, one source behind the other. A graph
 * made with `joined` takes such rows apart again, so what runs or stores samples need not know of several inputs.
 */
export function joinedSource(sources: readonly BatchSource[]): BatchSource {
  const sizes = sources.map(({ shape }) => sizeOf(shape));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const changing = sources.some(({ forEpoch }) => forEpoch !== undefined);
  return {
    samples: sources[0]!.samples,
    shape: [total],
    async read(indices, into) {
      let start = 0;
      for (const [place, source] of sources.entries()) {
        const size = sizes[place]!;
        const part = new Float32Array(indices.length * size);
        await source.read(indices, part);
        for (let row = 0; row < indices.length; row++) {
          into.set(part.subarray(row * size, (row + 1) * size), row * total + start);
        }
        start += size;
      }
    },
    names: joinedNames(sources),
    ...(changing
      ? { forEpoch: (epoch) => joinedSource(sources.map((source) => source.forEpoch?.(epoch) ?? source)) }
      : {}),
  };
}

/** A row is known when each of its parts is. */
function joinedNames(sources: readonly BatchSource[]): SampleNames | undefined {
  const names = sources.flatMap((source) => source.names ?? []);
  if (names.length < sources.length) return undefined;
  return {
    preprocessing: { joined: names.map(({ preprocessing }) => preprocessing) },
    async keys(indices) {
      const parts = await Promise.all(names.map((one) => one.keys(indices)));
      return Array.from(indices, (_, row) => ({
        image: digestOf(parts.map((keys) => keys[row]!.image)),
        draw: digestOf(parts.map((keys) => keys[row]!.draw)),
      }));
    },
  };
}
