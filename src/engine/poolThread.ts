import { PermafrostError } from "../base/errors.ts";
import type { EncodedProgram } from "../onnx/encodeProgram.ts";
import { Runtime } from "./runtime.ts";
import type { Session, Tensors } from "./session.ts";
import { serve, Transferring } from "./thread.ts";

const started = Runtime.start();
// The first call that waits for it reports a failure; without this line Node would end the thread before that.
started.catch(() => undefined);
const sessions = new Map<number, Session>();

/** What a thread of the engine's pool answers. */
const handlers = {
  describe: async () => {
    const runtime = await started;
    return {
      version: runtime.version,
      numericsClass: runtime.numericsClass,
      skipsCopies: runtime.skipsCopies,
    };
  },
  load: async ({ program, model, threads }: { program: number; model: EncodedProgram; threads: number }) => {
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

export type PoolHandlers = typeof handlers;

serve(handlers);
