/** Keras's metrics as objects that batches are added to. `compile` takes their names: `metrics: ["acc"]`. */
export {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
} from "../metrics/accuracy.ts";
export type { Metric } from "../metrics/metric.ts";
