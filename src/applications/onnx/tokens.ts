import { PermafrostError } from "../../base/errors.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import type { CallContext } from "../../layers/context.ts";
import { Layer, type SymbolicTensor } from "../../layers/layer.ts";
import type { Parameter } from "../../layers/parameter.ts";
import { operators } from "../../ops/index.ts";
import type { TokenChoice } from "./onnxForm.ts";

/** Takes what is wanted of tokens [batch, tokens, numbers]. */
class TokenLayer extends Layer {
  readonly kind = "Tokens";
  readonly built = true;
  readonly choice: Exclude<TokenChoice, "all">;

  constructor(choice: TokenLayer["choice"]) {
    super({ name: `tokens_${choice}` });
    this.choice = choice;
  }

  get ownParameters(): readonly Parameter[] {
    return [];
  }

  get innerLayers(): readonly Layer[] {
    return [];
  }

  build(): void {}

  call({ g }: CallContext, [x]: readonly Value[]): readonly Value[] {
    const [, tokens, numbers] = x!.type.shape.map(Number);
    if (this.choice === "mean") return [meanOf(g, x!, [tokens!, numbers!])];
    if (this.choice === "cls") {
      const first = g.apply(operators.slice, [x!], { axis: 1, start: 0, end: 1 });
      return [g.apply(operators.reshape, [first], { shape: ["batch", numbers!] })];
    }
    const side = patchSide(tokens!)!;
    const patches = g.apply(operators.slice, [x!], { axis: 1, start: tokens! - side * side, end: tokens! });
    const turned = g.apply(operators.transpose, [patches], { permutation: [0, 2, 1] });
    return [g.apply(operators.reshape, [turned], { shape: ["batch", numbers!, side, side] })];
  }
}

/** By a pooling: ONNX Runtime's ReduceMean rounds a single sample in another way than several. */
function meanOf(g: GraphBuilder, x: Value, [tokens, numbers]: readonly [number, number]): Value {
  const turned = g.apply(operators.transpose, [x], { permutation: [0, 2, 1] });
  const maps = g.apply(operators.reshape, [turned], { shape: ["batch", numbers, tokens, 1] });
  const mean = g.apply(operators.globalAveragePool2d, [maps], {});
  return g.apply(operators.reshape, [mean], { shape: ["batch", numbers] });
}

/**
 * The end of a base of layers whose features are rows. It changes nothing, but keeps what comes behind apart: a network is not cut
 * between a product and what belongs to it, and a head's standardisation does not.
 */
export class FeatureLayer extends Layer {
  readonly kind = "Features";
  readonly built = true;

  get ownParameters(): readonly Parameter[] {
    return [];
  }

  get innerLayers(): readonly Layer[] {
    return [];
  }

  build(): void {}

  call({ g }: CallContext, [x]: readonly Value[]): readonly Value[] {
    return [g.apply(operators.reshape, [x!], { shape: x!.type.shape })];
  }
}

/** More tokens of other kinds than this (class, distillation, registers) are not known in any model. */
const mostOthers = 16;

/** Patches in a row of a square map, where the last tokens can be one. */
export function patchSide(tokens: number): number | undefined {
  const side = Math.floor(Math.sqrt(tokens));
  return side >= 2 && tokens - side * side <= mostOthers ? side : undefined;
}

/** What is taken where nothing is said: the class token where there is one before a square of patches, else the mean. */
export function usualTokens(shape: readonly number[]): TokenChoice {
  if (shape.length !== 2) return "all";
  const side = patchSide(shape[0]!);
  return side !== undefined && side * side < shape[0]! ? "cls" : "mean";
}

/**
 * @throws PermafrostError SHAPE_MISMATCH for a value that has no tokens, or no square of patches among them.
 */
export function checkTokens(choice: TokenChoice, shape: readonly number[], where: string): void {
  if (choice === "all") return;
  const isFit = shape.length === 2 && (choice !== "patches" || patchSide(shape[0]!) !== undefined);
  if (isFit) return;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `${where}: :${choice} takes a part of tokens [tokens, numbers]${choice === "patches" ? " with a square of patches at the end" : ""}, but the value is [${shape.join(", ")}]. Leave it out.`,
  );
}

export function takeTokens(x: SymbolicTensor, choice: TokenChoice): SymbolicTensor {
  return choice === "all" ? x : new TokenLayer(choice).apply(x);
}
