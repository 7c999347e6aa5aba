import type { BaseNetwork } from "../../applications/index.ts";
import { formJson } from "../../applications/onnx/onnxForm.ts";
import { PermafrostError } from "../../base/errors.ts";
import type { TargetTask } from "../../data/dataset.ts";
import { labelThreshold } from "../../evaluation/labelScores.ts";
import { makeLayer } from "../../layers/kinds.ts";
import type { Layer } from "../../layers/layer.ts";
import type { Model } from "../../models/functional.ts";
import { Sequential } from "../../models/sequential.ts";
import { layerRecord } from "../../models/structure.ts";
import { namedWeights, weightsDigest } from "../../models/weights.ts";
import type { BundleContents } from "../../saving/bundleContents.ts";
import type { JsonObject } from "../../saving/fields.ts";
import { baseOfBundle } from "./baseOfBundle.ts";
import { headOf } from "./classifierModel.ts";

/** What a bundle says beside the network itself. */
export interface BundleFacts {
  /** Left out: classification. */
  readonly task?: TargetTask | "reconstruction";
  readonly classNames: readonly string[];
  readonly embedBase: boolean;
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly calibration?: BundleContents["calibration"];
  readonly run: BundleContents["run"];
}

/** What `createBase` takes to build a base network of the same form. */
export function formOptions({ inputs, pooling, form, architecture, cut }: BaseNetwork) {
  const [, height, width, channels] = inputs[0]!.shape.map(Number);
  return {
    inputShape: [height!, width!, channels!] as const,
    ...(pooling === undefined ? {} : { pooling }),
    ...(form === undefined ? {} : { form }),
    ...(cut === undefined ? {} : { cut }),
    // Plain JSON by construction.
    ...(architecture === undefined ? {} : { architecture: architecture as JsonObject }),
  };
}

/** A classifier as plain data for a bundle. */
export function bundleContents(model: Model, base: BaseNetwork, facts: BundleFacts): BundleContents {
  const layers = headOf(model);
  return {
    task: facts.task ?? "classification",
    classNames: facts.classNames,
    preprocessing: base.preprocessing,
    base: {
      name: base.application.commandName,
      options: base.onnx === undefined ? formOptions(base) : formJson(base.onnx.form),
      weightsDigest: weightsDigest(base),
      ...sourceOf(base),
    },
    head: {
      layers: layers.map(recordOf),
      weights: layers.flatMap((layer) =>
        layer.weights.map((weight) => ({ name: `${layer.name}/${weight.name}`, tensor: weight.get() })),
      ),
    },
    decision: decisionOf(facts.task),
    // Scores are plain JSON by construction.
    metrics: facts.metrics as JsonObject,
    ...(facts.calibration === undefined ? {} : { calibration: facts.calibration }),
    run: facts.run,
    ...(facts.embedBase ? { embeddedBase: namedWeights(base) } : {}),
    ...(base.onnx === undefined ? {} : { baseModel: base.onnx.bytes }),
  };
}

function sourceOf({ weightSource }: BaseNetwork): Pick<BundleContents["base"], "source"> {
  if (weightSource === null) return {};
  const { origin, sha256, licence } = weightSource;
  return { source: { origin, sha256, licence } };
}

function decisionOf(task: BundleFacts["task"]): BundleContents["decision"] {
  if (task === undefined) return { rule: "argmax" };
  return task === "multilabel" ? { rule: "labels", threshold: labelThreshold } : { rule: "values" };
}

/**
 * The network that a bundle describes.
 *
 * @param folder - The bundle's place, for messages.
 * @throws PermafrostError DIGEST_MISMATCH when the base's weights are not those of the training; WEIGHTS_INVALID.
 */
export async function modelFromBundle(
  contents: BundleContents,
  folder: string,
): Promise<{ readonly model: Sequential; readonly base: BaseNetwork }> {
  const base = await baseOfBundle(contents, folder, contents.base.options);
  return { model: classifierOver(base, contents, folder), base };
}

/** A bundle's head on a base of the bundle's form. */
export function classifierOver(base: BaseNetwork, contents: BundleContents, folder: string): Sequential {
  base.trainable = false;
  const head = contents.head.layers.map(({ kind, name, config }) => makeLayer(kind, config, { name }));
  const model = new Sequential({ name: "classifier", layers: [base, ...head] });
  const weights = new Map(contents.head.weights.map(({ name, tensor }) => [name, tensor]));
  for (const layer of head) {
    layer.setWeights(
      layer.weights.map((weight) => {
        const tensor = weights.get(`${layer.name}/${weight.name}`);
        if (tensor !== undefined) return tensor;
        throw missingWeight(folder, `${layer.name}/${weight.name}`);
      }),
    );
  }
  return model;
}

/** `Dense(2, softmax)`: a layer as people read it. */
export function describeLayer(layer: Layer): string {
  const { config } = layerRecord(layer);
  const told = ["units", "rate", "activation"].flatMap((key) => {
    const value = config[key];
    return value === undefined || value === null || value === "linear" ? [] : [String(value)];
  });
  return told.length === 0 ? layer.kind : `${layer.kind}(${told.join(", ")})`;
}

function recordOf(layer: Layer): BundleContents["head"]["layers"][number] {
  const { kind, name, config } = layerRecord(layer);
  // A layer's configuration is plain JSON by construction.
  return { kind, name, config: config as JsonObject };
}

function missingWeight(folder: string, name: string): PermafrostError {
  return new PermafrostError(
    "WEIGHTS_INVALID",
    `${folder}: expected the weight ${name}, which is not in the bundle. Train again, or get the whole bundle.`,
    { details: { path: folder, weight: name } },
  );
}
