import { PermafrostError } from "../../base/errors.ts";
import { didYouMean } from "../../base/names.ts";
import { Random } from "../../base/random.ts";
import { optimizerNames } from "../request/trainingDefaults.ts";
import { type Axis, listAxis, numberAxis } from "./axis.ts";

/** One setting of everything that is tried. */
export interface Candidate {
  /** As `headLayers` reads it, penalty included. */
  readonly head: string;
  readonly optimizer: string;
  readonly learningRate: number;
  /** "none", or a preset and the views an image: "book:5". */
  readonly augment: string;
  /** The layer, block or value that the base ends with; undefined: its own end. */
  readonly cut?: string;
}

/** The values of each setting. */
export interface SearchAxes {
  readonly head: Axis<string>;
  readonly optimizer: Axis<string>;
  readonly learningRate: Axis<number>;
  /** Penalty of the kernels; left out: the head's own. */
  readonly l2?: Axis<number>;
  readonly augment: Axis<string>;
  readonly cut?: Axis<string>;
}

/** The axes as the command line spells them. */
export interface AxisTexts {
  readonly head: string;
  readonly optimizer: string;
  readonly learningRate: string;
  readonly l2?: string;
  readonly augment: string;
  readonly cut?: string;
}

/** @throws PermafrostError INVALID_ARGUMENT or UNKNOWN_NAME naming the option. */
export function searchAxes(texts: AxisTexts): SearchAxes {
  const optimizer = listAxis("--optimizer", texts.optimizer);
  for (const name of optimizer.values) expectOptimizer(name);
  for (const part of texts.head.split(/[,+]/)) expectRowLayer(part.trim());
  return {
    // A comma parts the candidates, so within one it is written as +.
    head: listAxis("--head", texts.head.replaceAll(" ", "")),
    optimizer,
    learningRate: numberAxis("--learning-rate", texts.learningRate, "above 0"),
    augment: listAxis("--augment", texts.augment),
    ...(texts.l2 === undefined ? {} : { l2: numberAxis("--l2", texts.l2, "0") }),
    ...(texts.cut === undefined ? {} : { cut: listAxis("--cut", texts.cut) }),
  };
}

/** Heads of a sweep read the means of the base's maps and have one output a class. */
function expectRowLayer(part: string): void {
  if (part !== "flatten" && part !== "sigmoid") return;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `--head: ${part} belongs to permafrost train: the heads of a sweep read the means of the base's maps and have one output a class. Leave it out.`,
  );
}

function expectOptimizer(name: string): void {
  if (optimizerNames.some((known) => known === name)) return;
  throw new PermafrostError(
    "UNKNOWN_NAME",
    `--optimizer: there is no optimizer ${JSON.stringify(name)}.${didYouMean(name, optimizerNames)} Expected some of ${optimizerNames.join(", ")}.`,
  );
}

/** Every combination; ranges of numbers in steps of about a factor of three. */
export function gridCandidates(axes: SearchAxes): readonly Candidate[] {
  const { head, optimizer, learningRate, augment, l2, cut } = axes;
  let all: readonly Candidate[] = [{ head: "", optimizer: "", learningRate: 0, augment: "" }];
  const cross = <Value>(axis: Axis<Value> | undefined, put: (one: Candidate, value: Value) => Candidate) => {
    if (axis !== undefined) all = all.flatMap((one) => axis.values.map((value) => put(one, value)));
  };
  cross(cut, (one, value) => ({ ...one, cut: value }));
  cross(augment, (one, value) => ({ ...one, augment: value }));
  cross(head, (one, value) => ({ ...one, head: layersOf(value) }));
  cross(l2, (one, value) => ({ ...one, head: `${one.head},l2:${value}` }));
  cross(optimizer, (one, value) => ({ ...one, optimizer: value }));
  cross(learningRate, (one, value) => ({ ...one, learningRate: value }));
  return all;
}

/** Some settings, each drawn by itself; the same ones for the same seed. Ranges of numbers are drawn evenly on a log scale. */
export function drawnCandidates(axes: SearchAxes, count: number, seed: number): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  // A small space may hold fewer different ones.
  for (let trial = 0; trial < 20 * count && found.size < count; trial++) {
    const random = new Random(seed, "sweep", trial);
    const { head, optimizer, learningRate, augment, l2, cut } = axes;
    const layers = layersOf(head.draw(random));
    const candidate: Candidate = {
      head: l2 === undefined ? layers : `${layers},l2:${l2.draw(random)}`,
      optimizer: optimizer.draw(random),
      learningRate: learningRate.draw(random),
      augment: augment.draw(random),
      ...(cut === undefined ? {} : { cut: cut.draw(random) }),
    };
    found.set(JSON.stringify(candidate), candidate);
  }
  return [...found.values()];
}

function layersOf(text: string): string {
  return text.replaceAll("+", ",");
}
