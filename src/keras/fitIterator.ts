import type { ImageIterator } from "../augmentation/imageIterator.ts";
import type { Engine, Program } from "../engine/engine.ts";
import type { Graph } from "../graph/graph.ts";
import { sizeOf } from "../tensor/tensor.ts";
import type { Compiled } from "../training/compiled/compile.ts";
import { frozenFeatures } from "../training/features/frozenFeatures.ts";
import { outputsOf } from "../training/features/inference.ts";
import type { History } from "../training/measuring/history.ts";
import { fit } from "../training/runs/fit.ts";
import type { FitOptions } from "../training/runs/fitOptions.ts";
import type { BatchSource } from "../training/samples/batchSource.ts";
import type { FitFeatures } from "./fitFeatures.ts";
import { iteratorSamples } from "./iteratorSamples.ts";
import type { Predictor } from "./predictor.ts";

/**
 * Trains on an iterator. The frozen part of the network runs once for each picture, with draws once for each view of it, and
 * its outputs are kept in the feature store. Views that cannot come again are not kept: those of an iterator without a seed,
 * and pictures that a function without a key changes.
 */
export async function fitIterator(
  compiled: Compiled,
  iterator: ImageIterator,
  options: FitOptions,
  predictor: Predictor,
  features: FitFeatures,
): Promise<History> {
  const { source, y, sampleWeight } = iteratorSamples(iterator);
  if (source.ownFunction) warnOfOwnFunction(options);
  const views = source.inEpochs();
  const loaded: Program[] = [];
  const frozenPart: FitOptions["frozenPart"] = async (prefix, samples, work) => {
    const engine = options.engine ?? (await predictor.engine());
    const drawnByLayers = samples !== views && samples.forEpoch !== undefined;
    const comesAgain = !drawnByLayers || iterator.isSeeded || options.seed !== undefined;
    if (features.canStore(samples) && comesAgain) return features.of(engine, prefix, samples, work);
    if (samples !== views || views === source) return frozenFeatures(engine, prefix, samples, work);
    const program = await engine.compile(prefix);
    loaded.push(program);
    return featuresOnDemand(engine, prefix, program, samples);
  };
  try {
    return await fit(compiled, views, y, {
      seed: iterator.seed ?? 0,
      frozenPart,
      ...options,
      batchSize: iterator.batchSize,
      shuffle: iterator.shuffle,
      ...(sampleWeight === undefined ? {} : { sampleWeight }),
    });
  } finally {
    await Promise.all(loaded.map((program) => program.close()));
  }
}

/** What a frozen part makes of samples, computed again each time they are read. */
function featuresOnDemand(
  engine: Engine,
  prefix: Graph,
  program: Program,
  samples: BatchSource,
): BatchSource {
  const shape = prefix.outputs[0]!.type.shape.slice(1).map(Number);
  const { forEpoch } = samples;
  return {
    samples: samples.samples,
    shape,
    ...(forEpoch && {
      forEpoch: (epoch) => featuresOnDemand(engine, prefix, program, forEpoch.call(samples, epoch)),
    }),
    async read(indices, into) {
      const rows: BatchSource = {
        samples: indices.length,
        shape: samples.shape,
        read: (chosen, target) =>
          samples.read(
            chosen.map((row) => indices[row]!),
            target,
          ),
      };
      const batchSize = Math.ceil(indices.length / engine.workers);
      const { data } = await outputsOf(engine, prefix, rows, { program, batchSize, phase: "features" });
      into.set(data.subarray(0, indices.length * sizeOf(shape)));
    },
  };
}

function warnOfOwnFunction({ stream = process.stderr, verbose = 1 }: FitOptions): void {
  if (verbose === 0) return;
  stream.write(
    "warning: preprocessingFunction has no key, so it may be random: the frozen part of the network runs again in every epoch, as " +
      "keeping its outputs would freeze one draw for ever. If the function always does the same, give preprocessingFunctionKey.\n",
  );
}
