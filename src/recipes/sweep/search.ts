import { type CrossValidation, crossValidate, type OutOfFold } from "./crossValidate.ts";
import type { Candidate } from "./searchSpace.ts";

/** Part of the candidates that goes on, and by how much their epochs grow (Jamieson and Talwalkar 2016). */
const reduction = 3;
const rounds = 3;

/** Every candidate with all epochs. */
export function fullSearch(
  candidates: readonly Candidate[],
  epochs: number,
  work: CrossValidation,
): Promise<readonly OutOfFold[]> {
  return crossValidate(candidates, epochs, work);
}

/**
 * Successive halving, by thirds: all candidates with a ninth of the epochs, the better third of them with a third, the better third
 * of these with all. A candidate's numbers are those of its last round.
 */
export async function halvingSearch(
  candidates: readonly Candidate[],
  epochs: number,
  work: CrossValidation,
): Promise<readonly OutOfFold[]> {
  const stopped: OutOfFold[] = [];
  let left = candidates;
  for (let round = 1; ; round++) {
    const share = reduction ** (rounds - round);
    const judged = await crossValidate(left, Math.max(1, Math.round(epochs / share)), work);
    if (round === rounds) return [...judged, ...stopped];
    const order = ranked(judged);
    const kept = order.slice(0, Math.max(1, Math.ceil(order.length / reduction)));
    stopped.push(...order.slice(kept.length));
    left = kept.map(({ candidate }) => candidate);
  }
}

/** Trainings of a head that a search takes, one a candidate and fold. */
export function trainingsOf(search: string, candidates: number, folds: number): number {
  if (search !== "halving") return candidates * folds;
  let total = 0;
  let left = candidates;
  for (let round = 1; round <= rounds; round++) {
    total += left * folds;
    left = Math.max(1, Math.ceil(left / reduction));
  }
  return total;
}

/** Best first; those that were stopped early behind all others. */
export function ranked(judged: readonly OutOfFold[]): readonly OutOfFold[] {
  return [...judged].sort((a, b) => b.epochs - a.epochs || accuracyOf(b) - accuracyOf(a));
}

/** Over all images; of a candidate that diverged, none. */
export function accuracyOf({ right, failure }: OutOfFold): number {
  if (failure !== undefined) return 0;
  return right.reduce((sum, each) => sum + each, 0) / right.length;
}
