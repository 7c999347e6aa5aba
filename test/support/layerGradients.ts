import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { gradients } from "../../src/autodiff/gradients.ts";
import { interpret } from "../../src/engine/reference/interpret.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Graph, Value } from "../../src/graph/graph.ts";
import { CallContext } from "../../src/layers/context.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { permute, toEngineShape, toUserShape } from "../../src/layers/layout.ts";
import { encodeModel } from "../../src/onnx/encode.ts";
import { operators } from "../../src/ops/index.ts";
import { float32, type Tensor } from "../../src/tensor/tensor.ts";

type Floats = Tensor<"float32">;

/** What a layer computes, in the user's layout, and the gradients of sum(output · cos(3 i + 1)), i in Keras's order. */
export interface LayerResult {
  readonly output: Floats;
  readonly inputGradients: readonly Floats[];
  /** Of the weights that are trained, in their order. */
  readonly weightGradients: readonly Floats[];
  /** Of the same weights: "layer/kernel", or longer for a model. */
  readonly weightPaths: readonly string[];
}

/** Runs the graph of a layer with its gradients. The layer has its weights. */
export interface LayerRun {
  interpreted(): LayerResult;
  /** By ONNX Runtime. */
  run(): Promise<LayerResult>;
}

/** The factor of element i of the output in the sum that gradients are taken of. */
type Direction = (i: number) => number;

/**
 * Builds the graph of one layer in inference form over inputs in the user's layout, with all gradients.
 *
 * @param along - In place of cos(3 i + 1).
 */
export function layerRun(
  layer: Layer,
  inputs: readonly Floats[],
  along: Direction = (i) => Math.cos(3 * i + 1),
): LayerRun {
  const context = new CallContext(new GraphBuilder(), "infer");
  const { g } = context;
  const feeds = new Map<string, Floats>();
  const values = inputs.map((tensor, index) => {
    feeds.set(`x${index}`, toEngine(tensor));
    const shape = toEngineShape(["batch", ...tensor.shape.slice(1)]);
    return g.input(`x${index}`, { dtype: "float32", shape }, { kind: "data" });
  });
  const [output] = context.inside(layer.name, undefined, () => layer.call(context, values));
  const trained = [...context.parameters].filter(([, parameter]) => parameter.createdTrainable);
  for (const [path, parameter] of context.parameters) feeds.set(path, parameter.engineTensor);
  const direction = g.input("direction", output!.type, { kind: "data" });
  feeds.set("direction", directionOf(output!, inputs[0]!.shape[0]!, along));
  const loss = g.apply(operators.reduceSum, [g.apply(operators.mul, [output!, direction], {})], {});
  const weights = trained.map(([path]) => parameterInput(g.build([output!]), path));
  const graph = g.build([output!, ...gradients(g, loss, [...values, ...weights])]);

  const result = ([y, ...rest]: readonly Floats[]): LayerResult => ({
    output: toUser(y!),
    inputGradients: rest.slice(0, inputs.length).map(toUser),
    weightPaths: trained.map(([path]) => path),
    weightGradients: trained.map(([, parameter], index) => {
      const kept = parameter.engineTensor.data.slice();
      parameter.setEngineLayout(rest[inputs.length + index]!.data);
      const gradient = parameter.get();
      parameter.setEngineLayout(kept);
      return gradient;
    }),
  });
  return {
    interpreted: () =>
      result(interpret(graph, feeds).map(({ shape, data }) => float32(shape, Float32Array.from(data)))),
    run: async () => result(await runOnnx(graph, feeds)),
  };
}

function parameterInput(graph: Graph, path: string): Value {
  return graph.inputs.find(({ name }) => name === path)!;
}

async function runOnnx(graph: Graph, feeds: ReadonlyMap<string, Floats>): Promise<Floats[]> {
  const session = await InferenceSession.create(encodeModel(graph), { logSeverityLevel: 3 });
  const used = graph.inputs.map(({ name }) => {
    const { shape, data } = feeds.get(name)!;
    return [name, new OrtTensor("float32", data, shape)];
  });
  const results = await session.run(Object.fromEntries(used));
  await session.release();
  return graph.outputs.map(({ name }) => {
    const { dims, data } = results[name]!;
    return float32(dims, data as Float32Array);
  });
}

function directionOf(output: Value, batch: number, along: Direction): Floats {
  const shape = toUserShape(output.type.shape).map((size) => (size === "batch" ? batch : size));
  const size = shape.reduce((product, n) => product * n, 1);
  return toEngine(
    float32(
      shape,
      Float32Array.from({ length: size }, (_, i) => along(i)),
    ),
  );
}

function toEngine({ shape, data }: Floats): Floats {
  if (shape.length !== 4) return float32(shape, data);
  return float32(toEngineShape(shape).map(Number), permute(data, shape, [0, 3, 1, 2]));
}

function toUser({ shape, data }: Floats): Floats {
  if (shape.length !== 4) return float32(shape, data);
  return float32(toUserShape(shape).map(Number), permute(data, shape, [0, 2, 3, 1]));
}
