import { PermafrostError } from "../../base/errors.ts";
import type { GraphProto, ValueInfoProto } from "../gen/onnx_pb.ts";
import { elementTypes } from "./protoTensor.ts";
import { fedInputs, nodesFor } from "./reach.ts";
import { usesOf } from "./subgraphs.ts";

/** How a model takes pictures. */
export interface PictureInput {
  readonly name: string;
  readonly elementType: number;
  /** Order of the axes behind the batch. */
  readonly layout: "channels first" | "channels last";
  /** Samples of one run, where the model fixes them. */
  readonly samples: number | undefined;
  /** Pixels, where the model fixes them. */
  readonly height: number | undefined;
  readonly width: number | undefined;
}

const taken: readonly number[] = [
  elementTypes.float32,
  elementTypes.float16,
  elementTypes.float64,
  elementTypes.uint8,
];

/**
 * The one input that some values of a graph need, which must be pictures of three channels. Inputs that they do not need do not count.
 *
 * @param values - Their names.
 * @throws PermafrostError SHAPE_MISMATCH naming the inputs that do not fit, and what would.
 */
export function pictureInput(graph: GraphProto, values: readonly string[], where: string): PictureInput {
  const used = new Set([...nodesFor(graph, values).flatMap(usesOf), ...values]);
  const inputs = fedInputs(graph).filter(({ name }) => used.has(name));
  const [input] = inputs;
  if (input === undefined || inputs.length > 1) {
    throw refused(
      where,
      `expected one input that the cut depends on, got ${inputs.map(showInput).join(" and ") || "none"}. Choose a cut that needs pictures alone`,
    );
  }
  const type = input.type?.value;
  if (type?.case !== "tensorType" || !taken.includes(type.value.elemType))
    throw refused(where, `expected an input of float32, float16, float64 or uint8, got ${showInput(input)}`);
  const sizes = sizesOf(input);
  if (sizes?.length !== 4)
    throw refused(
      where,
      `expected pictures with four axes [batch, 3, height, width], got ${showInput(input)}`,
    );
  const [samples, second, third, fourth] = sizes;
  const isLast = second !== 3 && fourth === 3;
  const channels = isLast ? fourth : second;
  if (channels !== undefined && channels !== 3)
    throw refused(where, `expected pictures of three channels, got ${showInput(input)}`);
  return {
    name: input.name,
    elementType: type.value.elemType,
    layout: isLast ? "channels last" : "channels first",
    samples,
    height: isLast ? second : third,
    width: isLast ? third : fourth,
  };
}

/** The sizes of an input's axes; undefined for those that are not fixed. */
function sizesOf({ type }: ValueInfoProto): readonly (number | undefined)[] | undefined {
  if (type?.value.case !== "tensorType") return undefined;
  return type.value.value.shape?.dim.map(({ value }) =>
    value.case === "dimValue" && value.value > 0n ? Number(value.value) : undefined,
  );
}

const typeNames = new Map<number, string>(Object.entries(elementTypes).map(([name, code]) => [code, name]));

function showInput(input: ValueInfoProto): string {
  const { type, name } = input;
  if (type?.value.case !== "tensorType") return `${name} (no tensor)`;
  const { elemType, shape } = type.value.value;
  const dims = shape?.dim.map(({ value }) => String(value.value ?? "?")) ?? ["?"];
  return `${name} ${typeNames.get(elemType) ?? `type ${elemType}`}[${dims.join(", ")}]`;
}

function refused(where: string, what: string): PermafrostError {
  return new PermafrostError("SHAPE_MISMATCH", `${where}: ${what}.`, { details: { path: where } });
}
