import { InvalidArgumentError } from "commander";
import { messageOf } from "../base/errors.ts";
import { didYouMean } from "../base/names.ts";
import { parseBytes } from "../features/storeFolder.ts";

/** Readers for option values. Each refuses a wrong value with what was expected; the parser adds the option's name. */

/** A whole number from 1 up. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError(`Expected a whole number from 1 up, got ${JSON.stringify(text)}.`);
  }
  return value;
}

/** A whole number from 0 up. */
export function naturalNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError(`Expected a whole number from 0 up, got ${JSON.stringify(text)}.`);
  }
  return value;
}

/** A finite number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError(`Expected a number above 0, got ${JSON.stringify(text)}.`);
  }
  return value;
}

/** A number above 0 and below 1. */
export function fraction(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) {
    throw new InvalidArgumentError(`Expected a number above 0 and below 1, got ${JSON.stringify(text)}.`);
  }
  return value;
}

/** A size such as `20GiB`, in bytes. */
export function byteSize(text: string): number {
  try {
    return parseBytes(text);
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

/** One of some names; a near miss is told the name it probably meant. */
export function oneOf(...names: readonly string[]): (text: string) => string {
  return (text) => {
    if (names.includes(text)) return text;
    throw new InvalidArgumentError(
      `Expected one of ${names.join(", ")}, got ${JSON.stringify(text)}.${didYouMean(text, names)}`,
    );
  };
}
