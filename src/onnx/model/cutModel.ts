import { create } from "@bufbuild/protobuf";
import {
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "../gen/onnx_pb.ts";
import { fedInputs, nodesFor } from "./reach.ts";
import { graphsWithin, usesOf } from "./subgraphs.ts";

/**
 * The part of a model that some values need: nodes, initialisers and functions as they are, and nothing else (no texts, no
 * recorded types). Equal parts of two files give equal bytes.
 *
 * @param outputs - Names of values; their types are left for ONNX Runtime to find.
 */
export function cutModel(model: ModelProto, outputs: readonly string[]): ModelProto {
  const graph = model.graph!;
  const nodes = nodesFor(graph, outputs);
  const used = new Set([...nodes.flatMap(usesOf), ...outputs]);
  const cut = create(GraphProtoSchema, {
    name: "cut",
    node: nodes.map(withoutTexts),
    initializer: graph.initializer.filter(({ name }) => used.has(name)),
    sparseInitializer: graph.sparseInitializer.filter(({ values }) => used.has(values?.name ?? "")),
    input: fedInputs(graph).filter(({ name }) => used.has(name)),
    output: outputs.map(untyped),
  });
  return create(ModelProtoSchema, {
    irVersion: model.irVersion,
    opsetImport: model.opsetImport,
    functions: usedFunctions(model, cut),
    graph: cut,
  });
}

/** A value of which only the name is said. */
function untyped(name: string): ValueInfoProto {
  return create(ValueInfoProtoSchema, { name });
}

/** Exporters note source lines and the like in each node. */
function withoutTexts(node: NodeProto): NodeProto {
  const { name, opType, domain, overload, input, output, attribute } = node;
  return create(NodeProtoSchema, { name, opType, domain, overload, input, output, attribute });
}

function usedFunctions(model: ModelProto, graph: GraphProto): ModelProto["functions"] {
  const used = new Set<string>();
  const take = (nodes: readonly NodeProto[]): void => {
    for (const { domain, opType } of nodes) {
      const key = `${domain} ${opType}`;
      if (used.has(key)) continue;
      used.add(key);
      for (const inner of model.functions)
        if (inner.domain === domain && inner.name === opType) take(inner.node);
    }
  };
  for (const each of graphsWithin(graph)) take(each.node);
  return model.functions.filter(({ domain, name }) => used.has(`${domain} ${name}`));
}
