import { isRecord, type JsonRecord } from "../formats/json.ts";
import { refusal, shown } from "./refusal.ts";

/** Keras 1's names of options by class; those that are not here are the same. */
const common: Readonly<Record<string, string>> = {
  init: "kernel_initializer",
  W_regularizer: "kernel_regularizer",
  b_regularizer: "bias_regularizer",
  W_constraint: "kernel_constraint",
  b_constraint: "bias_constraint",
  bias: "use_bias",
  border_mode: "padding",
  subsample: "strides",
  nb_filter: "filters",
  output_dim: "units",
  p: "rate",
  gamma_init: "gamma_initializer",
  beta_init: "beta_initializer",
};

const kinds: Readonly<Record<string, string>> = {
  Convolution2D: "Conv2D",
  Deconvolution2D: "Conv2DTranspose",
};

/**
 * A layer of Keras 1 in the spelling of Keras 2.
 *
 * @throws PermafrostError MODEL_UNSUPPORTED for Theano's order of axes, Merge layers and other modes of BatchNormalization.
 */
export function fromKeras1(record: JsonRecord, where: string): JsonRecord {
  const { class_name: kind, config } = record;
  if (!isRecord(config) || typeof kind !== "string") return record;
  const { nb_row: rows, nb_col: columns, dim_ordering: order, mode, ...rest } = config;
  if (order !== undefined && order !== "tf" && order !== "default")
    throw refusal(
      where,
      `option dim_ordering = ${shown(order)}: only TensorFlow's order of axes is supported`,
    );
  if (kind === "Merge") return { ...record, ...mergeLayer(config, where) };
  if (kind === "BatchNormalization" && mode !== undefined && mode !== 0)
    throw refusal(where, `option mode = ${shown(mode)} is not supported, only 0`);
  const renamed = Object.entries(rest).map(([name, value]) => [common[name] ?? name, value] as const);
  return {
    ...record,
    class_name: kinds[kind] ?? kind,
    config: {
      ...Object.fromEntries(
        renamed.filter(([name]) => !["W_learning_rate", "b_learning_rate"].includes(name)),
      ),
      ...(rows === undefined ? {} : { kernel_size: [rows, columns] }),
    },
  };
}

const merges: Readonly<Record<string, string>> = {
  sum: "Add",
  mul: "Multiply",
  ave: "Average",
  max: "Maximum",
  concat: "Concatenate",
};

function mergeLayer({ mode, concat_axis: axis, name, trainable }: JsonRecord, where: string): JsonRecord {
  const kind = typeof mode === "string" ? merges[mode] : undefined;
  if (kind === undefined) throw refusal(where, `option mode = ${shown(mode)} of Merge is not supported`);
  return { class_name: kind, config: { name, trainable, ...(kind === "Concatenate" ? { axis } : {}) } };
}
