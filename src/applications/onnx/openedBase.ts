import type { BaseNetwork } from "../application.ts";
import { onnxBaseOf } from "./onnxBase.ts";

/**
 * The same network with every node of its ONNX model as a layer, so that gradients flow down to the picture.
 *
 * @param where - The model's file, or the bundle that holds it, for messages.
 * @throws PermafrostError NO_GRADIENT naming the operator and the node that cannot be a layer.
 */
export function openedBase(base: BaseNetwork, where: string): BaseNetwork {
  const { onnx, preprocessing } = base;
  if (onnx === undefined || onnx.form.frozen === null) return base;
  const opened = onnxBaseOf(onnx.bytes, { form: { ...onnx.form, frozen: null }, preprocessing, where });
  // Layers above the part that ran as it is may have been trained.
  const known = base.namedParameters();
  for (const [name, parameter] of opened.namedParameters()) {
    const trained = known.get(name);
    if (trained !== undefined) parameter.set(trained.get());
  }
  return opened;
}
