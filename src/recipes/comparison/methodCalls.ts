import { PermafrostError } from "../../base/errors.ts";
import { didYouMean } from "../../base/names.ts";
import type { TrainingRequest } from "../request/training.ts";
import type { Method, MethodMaterial } from "./method.ts";
import * as methods from "./methods/index.ts";
import { type Modifier, modifiers } from "./modifiers.ts";

/** A method as it was asked for. */
export interface MethodCall {
  /** "pool:5"; unique in a comparison. */
  readonly id: string;
  readonly method: Method;
  readonly argument: number | undefined;
  readonly modifiers: readonly Modifier[];
  /** What it does, modifiers included. */
  readonly summary: string;
}

/** The training that a call stands for; of a method that solves for its head, what its features are made with. */
export function requestOf({ method, modifiers: own }: MethodCall, material: MethodMaterial): TrainingRequest {
  const request = method.kind === "solved" ? material.common : method.request(material);
  return own.reduce((changed, modifier) => modifier.apply(changed, material), request);
}

const known = Object.values<Method>(methods);

/** Every method and what it does. */
export const methodList: readonly Pick<Method, "name" | "summary" | "argument">[] = known;

/**
 * Reads a list such as `fast,pool:5,fresh`.
 *
 * @throws PermafrostError UNKNOWN_NAME that lists the methods; INVALID_ARGUMENT for a number where none belongs, or a method named twice.
 */
export function methodCalls(text: string): readonly MethodCall[] {
  const calls = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(methodCall);
  const twice = calls.find(({ id }, at) => calls.findIndex((other) => other.id === id) < at);
  if (calls.length > 0 && twice === undefined) return calls;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    twice === undefined
      ? `--methods: expected at least one method, got none. ${listText()}`
      : `--methods: ${twice.id} is named twice. Name each method once.`,
  );
}

function methodCall(part: string): MethodCall {
  const [called = "", ...changes] = part.split("+");
  const { id, method, argument } = namedMethod(called);
  const own = changes.map((name) => {
    const modifier = modifiers.find((each) => each.name === name);
    if (modifier !== undefined) return modifier;
    const names = modifiers.map((each) => each.name);
    throw new PermafrostError(
      "UNKNOWN_NAME",
      `--methods ${part}: expected +${names.join(" or +")} behind a method, got ${JSON.stringify(`+${name}`)}.${didYouMean(name, names)}`,
      { details: { name, known: names } },
    );
  });
  return {
    id: [id, ...own.map(({ name }) => name)].join("+"),
    method,
    argument,
    modifiers: own,
    summary: [method, ...own].map(({ summary }) => summary).join(" "),
  };
}

function namedMethod(part: string): Pick<MethodCall, "id" | "method" | "argument"> {
  const [name = "", number, ...rest] = part.split(":");
  const method = known.find((each) => each.name === name);
  if (method === undefined) {
    const names = known.map((each) => each.name);
    throw new PermafrostError(
      "UNKNOWN_NAME",
      `--methods: there is no method ${JSON.stringify(name)}.${didYouMean(name, names)} ${listText()}`,
      { details: { name, known: names } },
    );
  }
  const usual = method.argument?.usual;
  if (number === undefined)
    return { id: usual === undefined ? name : `${name}:${usual}`, method, argument: usual };
  const value = Number(number);
  if (usual !== undefined && rest.length === 0 && Number.isSafeInteger(value) && value > 0) {
    return { id: `${name}:${value}`, method, argument: value };
  }
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    method.argument === undefined
      ? `--methods ${part}: ${name} takes no number. Write just ${name}.`
      : `--methods ${part}: expected ${name}:<${method.argument.meaning}>, such as ${name}:${usual}.`,
  );
}

function listText(): string {
  const names = known.map(({ name, argument }) =>
    argument === undefined ? name : `${name}:<${argument.meaning}>`,
  );
  return `Expected some of ${names.join(", ")}, separated by commas; behind a name +${modifiers.map(({ name }) => name).join(" or +")}.`;
}
