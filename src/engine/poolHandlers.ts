import { PermafrostError } from "../base/errors.ts";
import type { EncodedProgram } from "../onnx/encodeProgram.ts";
import type { Runtime } from "./runtime.ts";
import type { Session, Tensors } from "./session.ts";
import { Transferring } from "./thread.ts";

export type PoolHandlers = ReturnType<typeof poolHandlers>;

/** What a thread of the engine's pool answers. */
export function poolHandlers(started: Promise<Runtime>) {
  // The first call that waits for it reports a failure; without this line Node would end the thread before that.
  started.catch(() => undefined);
  const sessions = new Map<number, Session>();
  return {
    describe: async () => {
      const { version, numericsClass, skipsCopies } = await started;
      return { version, numericsClass, skipsCopies };
    },
    load: async ({
      program,
      model,
      threads,
    }: {
      program: number;
      model: EncodedProgram;
      threads: number;
    }) => {
      sessions.set(program, await (await started).load(model, { threads }));
    },
    run: async ({ program, feeds }: { program: number; feeds: Tensors }) => {
      const session = sessions.get(program);
      if (session === undefined)
        throw new PermafrostError("INTERNAL", "internal: the program is not loaded in this thread.");
      const results = await session.run(feeds);
      return new Transferring(
        results,
        Object.values(results).map((result) => result.data.buffer as ArrayBuffer),
      );
    },
    unload: async ({ program }: { program: number }) => {
      await sessions.get(program)?.close();
      sessions.delete(program);
    },
  };
}
