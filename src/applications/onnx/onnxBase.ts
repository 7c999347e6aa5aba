import path from "node:path";
import { sha256 } from "../../base/digest.ts";
import { input } from "../../layers/index.ts";
import type { SymbolicTensor } from "../../layers/layer.ts";
import { cutModel } from "../../onnx/model/cutModel.ts";
import { type OnnxModel, parseModel } from "../../onnx/model/readModel.ts";
import { writeModel } from "../../onnx/model/writeModel.ts";
import { type Application, BaseNetwork, type NetworkBlock } from "../application.ts";
import type { Preprocessing } from "../preprocessing.ts";
import { frozenModel } from "./frozenModel.ts";
import { importedLayers } from "./importedLayers.ts";
import { type OnnxForm, onnxBaseName } from "./onnxForm.ts";
import { OpaqueLayer } from "./opaqueLayer.ts";
import { FeatureLayer, takeTokens } from "./tokens.ts";

export interface OnnxBaseFacts {
  readonly form: OnnxForm;
  readonly preprocessing: Preprocessing;
  /** The model's file, or the bundle that holds it, for messages and records. */
  readonly where: string;
  readonly name?: string | undefined;
  readonly remarks?: readonly string[];
}

/** The base of a model that was read from a file. */
export function onnxBase(model: OnnxModel, facts: OnnxBaseFacts): BaseNetwork {
  const { form, preprocessing, where, name = "onnx" } = facts;
  const part = cutModel(model, [form.cut]);
  const bytes = writeModel(part);
  const inputs = input({ shape: form.inputShape, name: "input_layer" });
  const { tensor, blocks } = layersOf(part, form, inputs, where);
  const taken = takeTokens(tensor, form.tokens);
  const isOfLayers = form.frozen?.name !== form.cut;
  const outputs =
    isOfLayers && taken.shape.length === 2 ? new FeatureLayer({ name: "features" }).apply(taken) : taken;
  return new BaseNetwork(
    { inputs, outputs, name },
    {
      application: applicationOf(form, blocks),
      preprocessing,
      weightSource: {
        name: "file",
        // Bundles hold it: not where it lies on this machine.
        origin: path.basename(where),
        sha256: sha256(bytes),
        licence: "that of the file",
      },
      pooling: undefined,
      onnx: { bytes, form },
      remarks: facts.remarks ?? [],
    },
  );
}

/** The base that a bundle holds. */
export function onnxBaseOf(bytes: Uint8Array, facts: OnnxBaseFacts): BaseNetwork {
  return onnxBase(parseModel(bytes, facts.where), facts);
}

interface Layers {
  readonly tensor: SymbolicTensor;
  readonly blocks: readonly NetworkBlock[];
}

/** What runs as it is as one layer, and a layer for each node above it. */
function layersOf(model: OnnxModel, form: OnnxForm, inputs: SymbolicTensor, where: string): Layers {
  const { frozen, inputShape, cut } = form;
  if (frozen === null) return importedLayers(model, form, undefined, inputs, where);
  const isAll = frozen.name === cut;
  const opaque = frozenModel(model, frozen, inputShape, where, { turnsMaps: isAll });
  const tensor = new OpaqueLayer("frozen", opaque).apply(inputs);
  return isAll ? { tensor, blocks: [] } : importedLayers(model, form, frozen.name, tensor, where);
}

function applicationOf({ inputShape }: OnnxForm, blocks: readonly NetworkBlock[]): Application {
  return {
    name: onnxBaseName,
    commandName: onnxBaseName,
    weights: [],
    defaultSize: inputShape[0],
    minimumSize: 1,
    sizeMultiple: 1,
    blocks,
  };
}
