import type { Tensor } from "../tensor/tensor.ts";
import type { ReadingMemory } from "./byteSource.ts";
import type { StoredType } from "./storedType.ts";

/** The formats that are read, by the name that users see. */
export type WeightFormat =
  | "GGUF"
  | "Keras archive (.keras)"
  | "Keras model (.h5)"
  | "Keras weights (.h5)"
  | "Keras weights (.weights.h5)"
  | "HDF5"
  | "NumPy array (.npy)"
  | "NumPy archive (.npz)"
  | "ONNX"
  | "safetensors"
  | "TensorFlow.js layers model";

/** What a file says of one of its tensors, without its elements. */
export interface TensorEntry {
  readonly name: string;
  /** How its elements are stored; `read` widens them (see `readElements`). */
  readonly dtype: StoredType;
  /** In the order of axes of the program that wrote the file. */
  readonly shape: readonly number[];
  /** The layer that it belongs to, where the format says so. */
  readonly layer?: string;
  /** An optimizer's slot or counter is no parameter of the network. Default "weight". */
  readonly role?: "weight" | "optimizer";
  /** The file that its elements should be in, when that is not there: `read` throws. */
  readonly missing?: string;
}

/**
 * A file of weights that is open: what is in it is known, elements are read when asked for. Nothing in a file is ever run, and
 * no length or place in it is believed before it is checked against the file's size.
 */
export interface WeightFile {
  readonly format: WeightFormat;
  readonly path: string;
  /** In the order of the file; for a Keras `.h5` in the order of layers and, within one, of its weights. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /**
   * Texts that the file holds beside its tensors. For a Keras model `model_config` is its configuration as JSON, unchecked.
   */
  readonly metadata: ReadonlyMap<string, string>;
  /**
   * One tensor's elements, row-major. 16-bit floats come as float32, narrow integers as int32, uint32 as int64.
   *
   * @param memory - Then the elements may lie in it, and are gone when it is used again.
   * @throws PermafrostError UNKNOWN_NAME for a name that is not there, WEIGHTS_INVALID when its part of the file is damaged,
   *   missing or of an element type that is not read.
   */
  read(name: string, memory?: ReadingMemory): Promise<Tensor>;
  close(): Promise<void>;
}
