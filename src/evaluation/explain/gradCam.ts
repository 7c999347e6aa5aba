import { gradients } from "../../autodiff/gradients.ts";
import { PermafrostError } from "../../base/errors.ts";
import type { Engine } from "../../engine/engine.ts";
import { bindParameters } from "../../graph/bind.ts";
import type { Value } from "../../graph/graph.ts";
import { nodesBehind } from "../../graph/values.ts";
import type { Model } from "../../models/functional.ts";
import { weightTensors } from "../../training/features/inference.ts";
import type { Explainer, Heatmap } from "./explainer.ts";
import { choiceOf, scoreGraph } from "./scoreGraph.ts";

/**
 * Grad-CAM (Selvaraju et al. 2017): the maps of a layer, each weighted by the mean of the logit's gradient by it, summed, and what is
 * below 0 cut off.
 *
 * @param layer - Its name, or a part of its path: "block5_conv3"; or a block: "block5". Default: the last layer that gives maps.
 * @throws PermafrostError NOT_FOUND that lists the layers with maps; NO_GRADIENT where none flows to it.
 */
export async function gradCam(
  engine: Engine,
  model: Model,
  { layer }: { readonly layer?: string } = {},
): Promise<Explainer> {
  const graph = scoreGraph(model);
  const { builder, picture, choice, logits, score } = graph;
  const maps = mapsOf(score, layer, model.name);
  const [gradient] = gradients(builder, score, [maps]);
  const program = await engine.compile(
    bindParameters(builder.build([maps, gradient!, logits]), weightTensors(graph.parameters)),
  );
  const [, ...shape] = picture.type.shape.map(Number);
  return {
    async explain(pixels, label) {
      const chosen = choiceOf(graph, label);
      const results = await program.run({
        [picture.name]: { dtype: "float32", shape: [1, ...shape], data: pixels },
        [choice.name]: { dtype: "float32", shape: [1, chosen.length], data: chosen },
      });
      const of = (value: Value) => results[value.name]!.data as Float32Array;
      const row = of(logits);
      const [, channels, height, width] = maps.type.shape.map(Number);
      const size = { channels: channels!, height: height!, width: width! };
      return weightedMaps(
        of(maps),
        of(gradient!),
        size,
        row.reduce((sum, x, index) => sum + x * chosen[index]!, 0),
      );
    },
    close: () => program.close(),
  };
}

function weightedMaps(
  maps: Float32Array,
  gradient: Float32Array,
  { channels, height, width }: { readonly channels: number; readonly height: number; readonly width: number },
  score: number,
): Heatmap {
  const places = height * width;
  const sums = new Float64Array(places);
  for (let channel = 0; channel < channels; channel++) {
    let weight = 0;
    for (let place = 0; place < places; place++) weight += gradient[channel * places + place]!;
    weight /= places;
    for (let place = 0; place < places; place++) sums[place]! += weight * maps[channel * places + place]!;
  }
  return { height, width, values: Float32Array.from(sums, (sum) => Math.max(0, sum)), score };
}

/** The last maps [batch, channels, height, width] with more than one place, of a layer or of all. */
function mapsOf(score: Value, layer: string | undefined, model: string): Value {
  const found = nodesBehind([score]).flatMap(({ scope, outputs }) => {
    const [value] = outputs;
    const [, , height, width] = value?.type.shape ?? [];
    return value?.type.shape.length === 4 && Number(height) * Number(width) > 1 ? [{ scope, value }] : [];
  });
  const isNamed = (scope: string) => layer === undefined || `/${scope}/`.includes(`/${layer}/`);
  // A block is named by what the names of its layers begin with.
  const isInBlock = (scope: string) => `/${scope}`.includes(`/${layer}_`);
  const last =
    found.findLast(({ scope }) => isNamed(scope)) ?? found.findLast(({ scope }) => isInBlock(scope));
  if (last !== undefined) return last.value;
  const known = [...new Set(found.map(({ scope }) => scope))];
  throw new PermafrostError(
    "NOT_FOUND",
    `${model}: expected ${layer === undefined ? "a layer" : `the layer ${JSON.stringify(layer)}`} with maps of more than one place, found ${known.length === 0 ? "none" : known.slice(-40).join(", ")}. ${known.length === 0 ? "Grad-CAM needs maps; --method occlusion looks at any classifier." : "Name one of them, or leave --layer out."}`,
    { details: { layer, known } },
  );
}
