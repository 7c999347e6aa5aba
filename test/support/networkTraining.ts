import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { gradients } from "../../src/autodiff/gradients.ts";
import { Random } from "../../src/base/random.ts";
import type { Graph, Value } from "../../src/graph/graph.ts";
import type { Model } from "../../src/models/functional.ts";
import { encodeModel } from "../../src/onnx/encode.ts";
import { operators } from "../../src/ops/index.ts";
import { bindBatch } from "../../src/tensor/shape.ts";
import { float32, sizeOf, type Tensor } from "../../src/tensor/tensor.ts";

const batch = 3;

/** The training graph of a network with the gradients of its output's weighed sum by all inputs, and numbers to feed. */
export function trainingGraph(model: Model) {
  const { builder: g, outputs, parameters } = model.toGraph({ mode: "train" });
  const [y] = outputs;
  const weighed = g.apply(operators.mul, [y!, g.constant(float32([2], [1, -0.7]))], {});
  const loss = g.apply(operators.reduceSum, [weighed], {});
  const { inputs } = g.build([loss]);
  const targets = inputs.filter(({ source }) => source.kind === "input" && source.role.kind !== "random");
  const graph = g.build([y!, ...gradients(g, loss, targets)]);
  const feeds = new Map<string, Tensor<"float32">>(
    graph.inputs.map((value) => [value.name, parameters.get(value.name)?.engineTensor ?? drawnFor(value)]),
  );
  return { graph, feeds, parameters };
}

/** Pictures, noise, or a mask as training would draw it. */
export function drawnFor({ name, type, source }: Value): Tensor<"float32"> {
  const random = new Random("random networks", name);
  const shape = bindBatch(type.shape, batch);
  const draw = source.kind === "input" && source.role.kind === "random" ? source.role.draw : undefined;
  const number = () => {
    if (draw?.kind === "dropout") return random.float() < draw.rate ? 0 : 1 / (1 - draw.rate);
    return (draw?.stddev ?? 1) * random.normal();
  };
  return float32(shape, Float32Array.from({ length: sizeOf(shape) }, number));
}

/** By ONNX Runtime; in the order of the outputs. */
export async function run(graph: Graph, feeds: ReadonlyMap<string, Tensor<"float32">>) {
  const session = await InferenceSession.create(encodeModel(graph), { logSeverityLevel: 3 });
  const tensors = [...feeds].map(([name, { shape, data }]) => [name, new OrtTensor("float32", data, shape)]);
  const results = await session.run(Object.fromEntries(tensors));
  await session.release();
  return graph.outputs.map(({ name }) => results[name]!.data as Float32Array);
}
