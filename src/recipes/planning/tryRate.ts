import { Engine } from "../../engine/engine.ts";
import type { Graph } from "../../graph/graph.ts";
import { sizeOf } from "../../tensor/tensor.ts";

/** Images in one run of the network; as the extraction has it. */
const batchSize = 8;
const trialMs = 400;

/** Views a second of a frozen prefix on this machine, the network alone. */
export async function tryRate(prefix: Graph): Promise<number> {
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
