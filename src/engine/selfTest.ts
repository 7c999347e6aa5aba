import { PermafrostError } from "../base/errors.ts";
import { GraphBuilder } from "../graph/builder.ts";
import { encodeModel } from "../onnx/encode.ts";
import { operators } from "../ops/index.ts";
import { Arena } from "../tensor/arena.ts";
import type { Ort } from "./ort.ts";
import { Session } from "./session.ts";

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
  const session = await Session.load(ort, model, { threads: 1, skipCopies });
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
