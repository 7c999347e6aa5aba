import { PermafrostError } from "../base/errors.ts";
import { didYouMean } from "../base/names.ts";
import { dense, dropout } from "../layers/index.ts";
import type { Layer } from "../layers/layer.ts";
import { l2 } from "../layers/regularizers.ts";

/** L2 of the linear head's kernel; docs/default-head.md says how it was found. */
export const linearHeadL2 = 0.02;

/**
 * The layers of a head from its short form: `linear`, or layers separated by commas such as `dense:256,dropout:0.5`;
 * `dense:512x2` stands for two of them. The last layer, one probability a class, is always added.
 *
 * @throws PermafrostError INVALID_ARGUMENT naming the part that is not understood.
 */
export function headLayers(text: string, classes: number): readonly Layer[] {
  const form = text.trim();
  if (form === "linear") return [linearLayer(classes)];
  const hidden = form.split(",").flatMap((part) => hiddenLayers(part.trim(), form));
  return [...hidden, dense({ units: classes, activation: "softmax", name: "predictions" })];
}

function linearLayer(classes: number): Layer {
  return dense({
    units: classes,
    activation: "softmax",
    name: "predictions",
    kernelInitializer: "zeros",
    kernelRegularizer: l2(linearHeadL2),
  });
}

function hiddenLayers(part: string, form: string): Layer[] {
  const [kind = "", value = ""] = part.split(":");
  if (kind === "dense") {
    const [, units, times] = /^([1-9]\d*)(?:x([1-9]\d?))?$/.exec(value) ?? [];
    if (units !== undefined) {
      return Array.from({ length: Number(times ?? 1) }, () =>
        dense({ units: Number(units), activation: "relu" }),
      );
    }
  }
  if (kind === "dropout") {
    const rate = Number(value);
    if (value !== "" && rate >= 0 && rate < 1) return [dropout({ rate })];
  }
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `head ${JSON.stringify(form)}: expected linear, or dense:<units> and dropout:<rate from 0 to below 1> separated by commas, ` +
      `got ${JSON.stringify(part)}.${didYouMean(kind, ["dense", "dropout", "linear"])}`,
  );
}
