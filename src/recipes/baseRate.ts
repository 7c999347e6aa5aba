import { type FeatureGroup, groupDigest } from "../features/key.ts";
import { type MeasuredRate, readRates, saveRate } from "../features/measuredRates.ts";
import type { Graph } from "../graph/graph.ts";
import { sizeOf } from "../tensor/tensor.ts";

/** What is known of a base network's speed, and how. */
export interface BaseRate extends MeasuredRate {
  /** "run": of an earlier run, decoding and writing included. "trial": of the network alone, tried for a second. */
  readonly source: "run" | "trial";
}

/** Images in one run of the network; as the extraction has it. */
const batchSize = 8;
const trialMs = 800;

/** Views a second of a frozen prefix on this machine: remembered, else tried now and remembered. */
export async function baseRate(store: string, group: FeatureGroup, prefix: Graph): Promise<BaseRate> {
  const digest = groupDigest(group);
  const known = (await readRates(store)).get(digest);
  if (known !== undefined) return { ...known, source: known.isTrial === true ? "trial" : "run" };
  const viewsPerSecond = await tryRate(prefix);
  await saveRate(store, digest, { viewsPerSecond, isTrial: true });
  return { viewsPerSecond, source: "trial" };
}

async function tryRate(prefix: Graph): Promise<number> {
  // Loaded only here: a plan that knows the rate already needs no engine.
  const { Engine } = await import("../engine/engine.ts");
  await using engine = await Engine.start();
  const program = await engine.compile(prefix);
  const [input] = prefix.inputs;
  const shape = [batchSize, ...input!.type.shape.slice(1).map(Number)];
  const feeds = {
    [input!.name]: { dtype: "float32", shape, data: new Float32Array(sizeOf(shape)) } as const,
  };
  // The first run of a session prepares its memory.
  await Promise.all(Array.from({ length: engine.workers }, () => program.run(feeds)));
  const begin = performance.now();
  let batches = 0;
  const work = async (): Promise<void> => {
    do {
      await program.run(feeds);
      batches++;
    } while (performance.now() - begin < trialMs);
  };
  await Promise.all(Array.from({ length: engine.workers }, work));
  const seconds = (performance.now() - begin) / 1000;
  await program.close();
  return (batches * batchSize) / seconds;
}
