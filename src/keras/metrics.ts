/** Keras's metrics as objects that batches are added to. `compile` takes their names: `metrics: ["acc"]`. */
export {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  type Metric,
  sparseCategoricalAccuracy,
} from "../metrics/index.ts";
