import { messageOf } from "../base/errors.ts";
import { loadOrt } from "./ort.ts";
import type { ProbeAnswer, ProbeQuestion, ProbeRun } from "./probe.ts";
import { ModelSession } from "./session.ts";

/** A process that loads one model, runs it and ends: a crash of native code ends nothing else. */
async function answer({ model, runs, keepData }: ProbeQuestion): Promise<ProbeAnswer> {
  try {
    const session = await ModelSession.load(await loadOrt(), model, { threads: 1, skipCopies: false });
    const results: ProbeRun[] = [];
    for (const feeds of runs) {
      const outputs = await session.run(feeds);
      results.push(
        Object.fromEntries(
          Object.entries(outputs).map(([name, { dtype, shape, data }]) => [
            name,
            { dtype, shape, ...(keepData ? { data } : {}) },
          ]),
        ),
      );
    }
    return { results };
  } catch (error) {
    return { failure: messageOf(error) };
  }
}

process.once("message", async (question: ProbeQuestion) => {
  process.send?.(await answer(question), () => process.disconnect());
});
