import { RateTest, type RateTestOptions, type RateTestResult } from "../training/callbacks/rateTest.ts";
import type { Samples } from "../training/samples/batchSource.ts";
import type { Targets } from "../training/samples/targets.ts";
import { isIterator, iteratorOf, type PictureBatches } from "./iteratorSamples.ts";
import type { ArrayFitOptions, IteratorFitOptions } from "./modelTraining.ts";
import type { Model, Sequential } from "./networks.ts";

/** Options of the test itself. `onProgress` counts its steps. */
type Test = RateTestOptions;

type WithoutEpochs<Options> = Omit<
  Options,
  "epochs" | "initialEpoch" | "callbacks" | "validationData" | "validationSplit"
>;

export type ArrayRateOptions = WithoutEpochs<ArrayFitOptions> & Test;
export type IteratorRateOptions = WithoutEpochs<IteratorFitOptions> & Test;

/**
 * Learning-rate finder (range test, Smith 2017): trains a compiled model for some steps with a rate that grows from
 * `lowest` to `highest`, and suggests the one at which the smoothed loss falls fastest. The optimizer's own rate plays no part; the
 * factors of `learningRates` do. Weights and optimizer are as before afterwards. Features of the frozen part are
 * computed once, as in `fit`, and looked up in `store`.
 *
 * @returns The curve; `suggestion` is undefined where the loss never fell.
 * @throws PermafrostError as `fit` does; INVALID_ARGUMENT for rates that do not rise.
 * @example
 * const { suggestion } = await findLearningRate(model, x, y, { batchSize: 20 });
 */
export function findLearningRate(
  model: Model | Sequential,
  x: Samples,
  y: Targets,
  options?: ArrayRateOptions,
): Promise<RateTestResult>;
export function findLearningRate(
  model: Model | Sequential,
  iterator: PictureBatches,
  options?: IteratorRateOptions,
): Promise<RateTestResult>;
export async function findLearningRate(
  model: Model | Sequential,
  data: Samples | PictureBatches,
  y?: Targets | IteratorRateOptions,
  options: ArrayRateOptions = {},
): Promise<RateTestResult> {
  const x = iteratorOf(data);
  const given = isIterator(x) ? ((y ?? {}) as IteratorRateOptions) : options;
  const { lowest, highest, steps, divergence, onProgress, ...fitOptions } = given;
  const test = new RateTest({
    ...(lowest === undefined ? {} : { lowest }),
    ...(highest === undefined ? {} : { highest }),
    ...(steps === undefined ? {} : { steps }),
    ...(divergence === undefined ? {} : { divergence }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const weights = model.getWeights();
  const common = { verbose: 0, ...fitOptions, callbacks: [test], epochs: test.steps } as const;
  try {
    if (isIterator(x)) await model.fit(x, { ...common, epochs: Math.ceil(test.steps / x.length) });
    else await model.fit(x, y as Targets, common);
  } finally {
    model.setWeights(weights);
  }
  return test.result;
}
