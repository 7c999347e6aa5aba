import { PermafrostError } from "../../base/errors.ts";
import { didYouMean } from "../../base/names.ts";
import type { TargetTask } from "../../data/dataset.ts";
import { type DenseOptions, dense } from "../../layers/dense.ts";
import { dropout, flatten } from "../../layers/index.ts";
import type { Layer } from "../../layers/layer.ts";
import { l2 } from "../../layers/regularizers.ts";
import { hasOneOutput, predictionsName, taskTraining } from "./taskTraining.ts";

/** L2 of the linear head's kernel; docs/default-head.md says how it was found. */
export const linearHeadL2 = 0.02;

const solved =
  "is solved for without steps of training: permafrost train takes it alone, and permafrost compare as a method. Take linear here, which learns the same kind of boundary step by step.";

/** Heads by name that are no layers to train, and why. */
const withoutSteps: ReadonlyMap<string, string> = new Map([
  ["logistic", solved],
  ["ridge", solved],
  ["nearest-mean", solved],
  [
    "knn",
    "keeps the features of all training images, so it is no layer of a network: permafrost compare tries it as a method. Take linear, or one of logistic, ridge and nearest-mean.",
  ],
]);

/**
 * The layers of a head from its short form: `linear`, or layers separated by commas such as `dense:256,dropout:0.5`;
 * `dense:512x2` stands for two of them. `l2:0.001` among the parts penalises the kernels of all dense layers by that factor.
 * `flatten` in front takes the base's maps as they are, without mean and standardisation, and `sigmoid` at the end gives two classes one
 * output, both as the book does. The last layer is always added: one probability a
 * class (softmax), one a label (sigmoid), or one number a value.
 *
 * @throws PermafrostError INVALID_ARGUMENT naming the part that is not understood.
 */
export function headLayers(text: string, outputs: number, task?: TargetTask): readonly Layer[] {
  const { activation } = taskTraining({ task });
  const last = hasOneOutput(text)
    ? { units: oneOutput(text, outputs, task), activation: "sigmoid" as const, name: predictionsName }
    : { units: outputs, activation, name: predictionsName };
  const form = text.trim();
  const parts = form.split(",").map((part) => part.trim());
  const [penalty] = parts.flatMap((part) => penaltyOf(part) ?? []);
  const layers = parts.filter(
    (part) => penaltyOf(part) === undefined && part !== "flatten" && part !== "sigmoid",
  );
  const front = parts[0] === "flatten" ? [flatten({ name: "flatten" })] : [];
  if (layers.length === 1 && layers[0] === "linear")
    return [...front, linearLayer(last, task, penalty ?? linearHeadL2)];
  const kernel = penalty === undefined ? {} : { kernelRegularizer: l2(penalty) };
  const hidden = layers.flatMap((part) => hiddenLayers(part, form, kernel));
  return [...front, ...hidden, dense({ ...last, ...kernel })];
}

function oneOutput(form: string, outputs: number, task: TargetTask | undefined): number {
  if (outputs === 2 && task === undefined) return 1;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `head ${JSON.stringify(form)}: sigmoid is for two classes, got ${outputs}. Leave it out: softmax has one output a class.`,
  );
}

/** The factor of `l2:<factor>`; undefined for any other part. */
function penaltyOf(part: string): number | undefined {
  const [, factor = ""] = /^l2:(.+)$/.exec(part) ?? [];
  const value = Number(factor);
  return factor !== "" && value >= 0 && Number.isFinite(value) ? value : undefined;
}

function linearLayer(last: DenseOptions, task: TargetTask | undefined, penalty: number): Layer {
  // Losses over labels or values are means over them: each has its share of the loss, and of the penalty.
  const share = task === undefined ? 1 : last.units;
  return dense({ ...last, kernelInitializer: "zeros", kernelRegularizer: l2(penalty / share) });
}

function hiddenLayers(part: string, form: string, kernel: Partial<DenseOptions>): Layer[] {
  const [kind = "", value = ""] = part.split(":");
  if (kind === "dense") {
    const [, units, times] = /^([1-9]\d*)(?:x([1-9]\d?))?$/.exec(value) ?? [];
    if (units !== undefined) {
      return Array.from({ length: Number(times ?? 1) }, () =>
        dense({ units: Number(units), activation: "relu", ...kernel }),
      );
    }
  }
  if (kind === "dropout") {
    const rate = Number(value);
    if (value !== "" && rate >= 0 && rate < 1) return [dropout({ rate })];
  }
  const reason = withoutSteps.get(part);
  if (reason !== undefined)
    throw new PermafrostError("INVALID_ARGUMENT", `head ${JSON.stringify(form)}: ${part} ${reason}`);
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `head ${JSON.stringify(form)}: expected linear, or dense:<units> and dropout:<rate from 0 to below 1> separated by commas, with l2:<factor> for a penalty, ` +
      `got ${JSON.stringify(part)}.${didYouMean(kind, ["dense", "dropout", "linear", "l2"])}`,
  );
}
