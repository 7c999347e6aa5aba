import { PermafrostError } from "../base/errors.ts";
import type { EncodedChain, EncodedStage } from "../onnx/encodeProgram.ts";
import { bindBatch } from "../tensor/shape.ts";
import { float32, sizeOf, type Tensor } from "../tensor/tensor.ts";
import type { Session, Tensors } from "./session.ts";

interface LoadedStage {
  readonly stage: EncodedStage;
  readonly session: Session;
}

/** Models that run one after the other: those of others as they are, then our own graph. */
export class ChainedSession implements Session {
  readonly outputNames: readonly string[];
  readonly #stages: readonly LoadedStage[];
  readonly #rest: Session | undefined;

  private constructor(
    stages: readonly LoadedStage[],
    rest: Session | undefined,
    outputNames: readonly string[],
  ) {
    this.#stages = stages;
    this.#rest = rest;
    this.outputNames = outputNames;
  }

  static async load(
    { stages, model, outputs }: EncodedChain,
    load: (model: Uint8Array) => Promise<Session>,
  ): Promise<ChainedSession> {
    const loaded: LoadedStage[] = [];
    for (const stage of stages) loaded.push({ stage, session: await load(stage.bytes) });
    return new ChainedSession(loaded, model && (await load(model)), outputs);
  }

  async run(feeds: Tensors): Promise<Record<string, Tensor>> {
    const { given, left } = await this.#runStages(feeds);
    if (this.#rest !== undefined) return this.#rest.run(left);
    return Object.fromEntries(this.outputNames.map((name) => [name, given[name]!]));
  }

  async runInto(feeds: Tensors, outputs: Tensors): Promise<void> {
    const { given, left } = await this.#runStages(feeds);
    if (this.#rest !== undefined) return this.#rest.runInto(left, outputs);
    for (const [name, output] of Object.entries(outputs))
      (output.data as Float32Array).set(given[name]!.data as Float32Array);
  }

  async close(): Promise<void> {
    await this.#rest?.close();
    for (const { session } of this.#stages) await session.close();
  }

  /** What the stages give, and what is to be fed to the rest. */
  async #runStages(feeds: Tensors): Promise<{ readonly given: Tensors; readonly left: Tensors }> {
    const given: Record<string, Tensor> = {};
    for (const { stage, session } of this.#stages) {
      const feed = feeds[stage.from];
      if (feed === undefined)
        throw new PermafrostError(
          "FEEDS_MISMATCH",
          `input ${stage.from} is missing; fed: ${Object.keys(feeds).join(", ")}.`,
        );
      given[stage.to] = await runStage(session, stage, feed);
    }
    const taken = new Set(this.#stages.map(({ stage }) => stage.from));
    const rest = Object.entries(feeds).filter(([name]) => !taken.has(name));
    return { given, left: { ...Object.fromEntries(rest), ...given } };
  }
}

/** All samples in one run, or as many at a time as the model takes; the last run is filled up with its first sample. */
async function runStage(session: Session, stage: EncodedStage, feed: Tensor): Promise<Tensor> {
  const [count] = feed.shape;
  const { input, output, samples } = stage;
  if (samples === undefined) return (await session.run({ [input]: feed }))[output]!;
  const data = feed.data as Float32Array;
  const size = sizeOf(feed.shape.slice(1));
  const shape = bindBatch(stage.outputShape, count!);
  const result = float32(shape, new Float32Array(sizeOf(shape)));
  const rowSize = sizeOf(shape.slice(1));
  for (let start = 0; start < count!; start += samples) {
    const rows = Math.min(samples, count! - start);
    const part = new Float32Array(samples * size);
    for (let row = 0; row < samples; row++) {
      const from = start + (row < rows ? row : 0);
      part.set(data.subarray(from * size, (from + 1) * size), row * size);
    }
    const run = await session.run({ [input]: float32([samples, ...feed.shape.slice(1)], part) });
    const computed = run[output]!.data as Float32Array;
    result.data.set(computed.subarray(0, rows * rowSize), start * rowSize);
  }
  return result;
}
