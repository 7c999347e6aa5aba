import { messageOf } from "../base/errors.ts";
import { loadOrt } from "./ort.ts";
import type {
  OutputTypes,
  ProbeAnswer,
  ProbeQuestion,
  ProbeRun,
  RunsQuestion,
  TypesQuestion,
} from "./probe.ts";
import { ModelSession } from "./session.ts";

/** A process that loads one model, runs it or looks at it, and ends: a crash of native code ends nothing else. */
async function answer(question: ProbeQuestion): Promise<ProbeAnswer> {
  try {
    return { results: question.kind === "runs" ? await runsOf(question) : await typesOf(question) };
  } catch (error) {
    return { failure: messageOf(error) };
  }
}

async function runsOf({ model, runs, keepData }: RunsQuestion): Promise<readonly ProbeRun[]> {
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
  return results;
}

async function typesOf({ model }: TypesQuestion): Promise<OutputTypes> {
  const ort = await loadOrt();
  const { outputMetadata } = await ort.load(model, { threads: 1, isOptimized: false });
  return Object.fromEntries(
    outputMetadata.flatMap((output) =>
      output.isTensor ? [[output.name, { dtype: output.type, shape: output.shape.map(sizeOrUnknown) }]] : [],
    ),
  );
}

/** Axes that are not known have a name, or an empty one. */
function sizeOrUnknown(size: number | string): number | undefined {
  return typeof size === "number" && size >= 0 ? size : undefined;
}

process.once("message", async (question: ProbeQuestion) => {
  process.send?.(await answer(question), () => process.disconnect());
});
