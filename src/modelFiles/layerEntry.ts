import type { JsonRecord } from "../formats/json.ts";
import type { Layer, SymbolicTensor } from "../layers/layer.ts";
import type { Shape } from "../tensor/shape.ts";

/** A layer of a configuration before it is made. */
export interface LayerEntry {
  /** Keras's class. */
  readonly kind: string;
  readonly name: string;
  readonly config: JsonRecord;
  /** All that the configuration says of it: its calls, its module. */
  readonly record: JsonRecord;
  /** File, layer and class, for messages. */
  readonly where: string;
}

/** Makes the layers of a configuration, models among them. */
export interface LayerReader {
  readonly isKeras3: boolean;
  /** Shape of one sample in place of the file's. */
  readonly inputShape: readonly number[] | undefined;
  /** The records of a list of layers. */
  entries(layers: unknown, where: string): readonly LayerEntry[];
  /** A start of a model. @param shape - What it is called on, in place of the configuration's. */
  input(entry: LayerEntry, shape: readonly number[] | undefined): SymbolicTensor;
  /** A layer or a model, with weights for these inputs. */
  layer(entry: LayerEntry, inputs: readonly Shape[], depth: number): Layer;
}
