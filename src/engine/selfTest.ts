import { PermafrostError } from "../base/errors.ts";
import { GraphBuilder } from "../graph/builder.ts";
import { encodeModel } from "../onnx/encode.ts";
import { operators } from "../ops/index.ts";
import { Arena } from "../tensor/arena.ts";
import { float32 } from "../tensor/tensor.ts";
import type { Ort } from "./ort.ts";
import { ModelSession } from "./session.ts";

/**
 * Tries what the engine relies on, in this thread, before anything depends on it:
 * inputs are read where they lie, outputs are written where they are wanted, and the sentinel stops the copy of the outputs.
 *
 * ONNX Runtime's binding copies each output once more into fresh memory, although it has already written it in place;
 * for gradients of megabytes that copy takes longer than the gradient. A graph output of a type that the binding cannot
 * hand over makes it stop before the copy. That is an error path of one exact version, hence this test and the fallback.
 *
 * @returns Whether the sentinel works. If not, outputs are copied: slower, same values.
 * @throws PermafrostError ENGINE_FAILED if in-place input or output does not work.
 */
export async function selfTest(ort: Ort): Promise<boolean> {
  await tryInPlace(ort, false);
  try {
    await tryInPlace(ort, true);
    return true;
  } catch {
    return false;
  }
}

async function tryInPlace(ort: Ort, skipCopies: boolean): Promise<void> {
  const builder = new GraphBuilder();
  const x = builder.input("x", { dtype: "float32", shape: ["batch", 4] }, { kind: "data" });
  const y = builder.apply(operators.relu, [x], {});
  const model = encodeModel(builder.build([y]), { sentinel: skipCopies });
  const arena = new Arena(Arena.bytesFor([8, 8]));
  const input = arena.tensor(arena.allocate(8), [2, 4]);
  const output = arena.tensor(arena.allocate(8), [2, 4]);
  const session = await ModelSession.load(ort, model, { threads: 1, skipCopies });
  try {
    for (const sign of [1, -1]) {
      input.data.set([1, -2, 3, -4, 5, -6, 7, -8].map((value) => sign * value));
      await session.runInto({ x: input }, { [y.name]: output });
      const expected = [...input.data].map((value) => Math.max(value, 0));
      if (expected.some((value, index) => value !== output.data[index])) {
        throw new PermafrostError(
          "ENGINE_FAILED",
          "engine self-test: expected ONNX Runtime to read inputs and write outputs in place, and it did not. " +
            "This version of it is not supported; reinstall permafrost with its exact dependency.",
        );
      }
    }
  } finally {
    await session.close();
  }
}

/**
 * Tries whether the engine's blocked layout is what programs for this machine were written for: a wrong size of blocks would give
 * wrong numbers without an error.
 *
 * @throws PermafrostError ENGINE_FAILED if it is not.
 */
export async function tryBlocks(ort: Ort, channelBlock: number): Promise<void> {
  const channels = channelBlock + 4;
  const builder = new GraphBuilder();
  const x = builder.input("x", { dtype: "float32", shape: ["batch", channels, 1, 2] }, { kind: "data" });
  // Two taps: the order of a single one is the same in blocks of any size.
  const w = builder.input("w", { dtype: "float32", shape: [channels, 1, 1, 2] }, { kind: "data" });
  const y = builder.apply(operators.conv2d, [x, w], { groups: channels });
  const model = encodeModel(builder.build([y]), { channelBlock });
  const pixels = Float32Array.from({ length: 2 * channels }, (_, index) => index + 1);
  const taps = Float32Array.from({ length: 2 * channels }, (_, index) => 3 * index - 5);
  const session = await ModelSession.load(ort, model, { threads: 1, skipCopies: false });
  try {
    const feeds = { x: float32([1, channels, 1, 2], pixels), w: float32([channels, 1, 1, 2], taps) };
    const { [y.name]: received } = await session.run(feeds);
    const isRight = Array.from(received!.data, Number).every(
      (sum, index) =>
        sum === pixels[2 * index]! * taps[2 * index]! + pixels[2 * index + 1]! * taps[2 * index + 1]!,
    );
    if (isRight) return;
  } finally {
    await session.close();
  }
  throw new PermafrostError(
    "ENGINE_FAILED",
    `engine self-test: expected ONNX Runtime to keep convolutions in blocks of ${channelBlock} channels on this processor, and it does not. ` +
      "Set PERMAFROST_PLAIN_CONVOLUTIONS=1 to train without that layout (slower), and please report the processor.",
  );
}
