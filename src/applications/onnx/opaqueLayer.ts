import type { Value } from "../../graph/graph.ts";
import type { CallContext } from "../../layers/context.ts";
import { Layer } from "../../layers/layer.ts";
import type { Parameter } from "../../layers/parameter.ts";
import { type OpaqueModel, onnxModel } from "../../onnx/opaque.ts";

/** A part of an ONNX model that runs as it is. It has no weights that could be trained or read one by one. */
export class OpaqueLayer extends Layer {
  readonly kind = "OnnxModel";
  readonly built = true;
  readonly model: OpaqueModel;

  constructor(name: string, model: OpaqueModel) {
    super({ name, trainable: false });
    this.model = model;
  }

  get ownParameters(): readonly Parameter[] {
    return [];
  }

  get innerLayers(): readonly Layer[] {
    return [];
  }

  override get fixedContent(): string {
    return this.model.digest;
  }

  build(): void {}

  call({ g }: CallContext, inputs: readonly Value[]): readonly Value[] {
    return [g.apply(onnxModel, inputs, { model: this.model })];
  }
}
