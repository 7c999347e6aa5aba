import type { TrainState } from "./trainProgram.ts";

/** A part of one array of a training's state. */
export interface StatePiece {
  /** Of the weight, in the order of `TrainState.weights`. */
  readonly place: number;
  /** One of its slots; left out: the weight itself. */
  readonly slot?: string;
  /** Its first element's place in the array. */
  readonly start: number;
  readonly values: Float32Array;
}

/** The most elements of a piece: 4 MiB. */
export const pieceLength = 2 ** 20;

/** All arrays of a state in pieces, which are views. */
export function* piecesOf({ weights, slots }: Pick<TrainState, "weights" | "slots">): Iterable<StatePiece> {
  for (const [place, values] of weights.entries()) yield* cut({ place }, values);
  for (const [place, named] of slots.entries())
    for (const [slot, values] of Object.entries(named)) yield* cut({ place, slot }, values);
}

function* cut(array: Pick<StatePiece, "place" | "slot">, values: Float32Array): Iterable<StatePiece> {
  for (let start = 0; start < values.length; start += pieceLength)
    yield { ...array, start, values: values.subarray(start, start + pieceLength) };
}
