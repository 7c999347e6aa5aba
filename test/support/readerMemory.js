/**
 * Opens a file of weights and reads each of its tensors, then prints how much memory that took: by how many bytes the process grew at its
 * largest (`grown`), and the largest piece that was asked for at once (`piece`), which counts before a byte of it is touched.
 *
 *     node --max-semi-space-size=4 test/support/readerMemory.js <a small sound file> <file>
 */
import { Buffer } from "node:buffer";

let piece = 0;
const count = (bytes) => {
  if (bytes > piece) piece = bytes;
};

for (const name of [
  "ArrayBuffer",
  "Uint8Array",
  "Uint16Array",
  "Int32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
]) {
  const Original = globalThis[name];
  globalThis[name] = new Proxy(Original, {
    construct(target, given, self) {
      if (typeof given[0] === "number") count(given[0] * (Original.BYTES_PER_ELEMENT ?? 1));
      return Reflect.construct(target, given, self === globalThis[name] ? target : self);
    },
  });
}
for (const name of ["alloc", "allocUnsafe", "allocUnsafeSlow"]) {
  const original = Buffer[name];
  Buffer[name] = (size, ...rest) => {
    count(size);
    return original(size, ...rest);
  };
}

const { openWeights } = await import("../../dist/formats/openWeights.js");

async function read(file) {
  try {
    const weights = await openWeights(file);
    for (const name of weights.tensors.keys()) await weights.read(name);
    await weights.close();
    return "read";
  } catch (error) {
    return error.code ?? String(error);
  }
}

const [, , sound, file] = process.argv;
await read(sound);
piece = 0;
const before = process.resourceUsage().maxRSS;
const outcome = await read(file);
const grown = (process.resourceUsage().maxRSS - before) * 1024;
process.stdout.write(JSON.stringify({ outcome, grown, piece }));
