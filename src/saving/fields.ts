import { PermafrostError } from "../base/errors.ts";

/** A JSON value as it was parsed. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export type JsonObject = { readonly [name: string]: Json };

/**
 * A JSON object of unknown origin, read member by member. Every reader says what it wants; anything else is an error that names
 * the file and the member: `model/permafrost.json: head.layers[2].kind: expected text, got number`.
 */
export class Fields {
  readonly #members: JsonObject;
  readonly #where: string;
  readonly #at: string;

  /**
   * @param where - The file, for messages.
   * @param at - The place of this object in it: "head.layers[2]"; "" for the whole file.
   * @throws PermafrostError BUNDLE_INVALID if the value is not an object.
   */
  constructor(value: unknown, where: string, at = "") {
    this.#where = where;
    this.#at = at;
    if (!isJsonObject(value)) throw this.#expected("", "an object", value);
    this.#members = value;
  }

  /** The member names as they are in the file. */
  get names(): string[] {
    return Object.keys(this.#members);
  }

  get json(): JsonObject {
    return this.#members;
  }

  text(name: string): string {
    const value = this.#member(name);
    if (typeof value !== "string") throw this.#expected(name, "text", value);
    return value;
  }

  /** Text that is one of a few. */
  oneOf<T extends string>(name: string, known: readonly T[]): T {
    const value = this.text(name);
    const found = known.find((candidate) => candidate === value);
    if (found === undefined) throw this.#expected(name, `one of ${known.join(", ")}`, value);
    return found;
  }

  /** 64 lower-case hexadecimal characters. */
  digest(name: string): string {
    const value = this.text(name);
    if (!/^[0-9a-f]{64}$/.test(value))
      throw this.#expected(name, "a SHA-256 of 64 hexadecimal characters", value);
    return value;
  }

  /** A finite number within bounds (both included). */
  number(name: string, low = -Number.MAX_VALUE, high = Number.MAX_VALUE): number {
    return this.#numberIn(name, this.#member(name), low, high);
  }

  wholeNumber(name: string, low: number, high: number): number {
    const value = this.number(name, low, high);
    if (!Number.isInteger(value)) throw this.#expected(name, "a whole number", value);
    return value;
  }

  /** A list of finite numbers of this length within bounds. */
  numbers(name: string, length: number, low = -Number.MAX_VALUE, high = Number.MAX_VALUE): number[] {
    const value = this.#member(name);
    if (!Array.isArray(value) || value.length !== length)
      throw this.#expected(name, `a list of ${length} numbers`, value);
    return value.map((item: unknown, index) => this.#numberIn(`${name}[${index}]`, item, low, high));
  }

  /** A list of texts, none empty and none twice. */
  uniqueTexts(name: string): string[] {
    const value = this.#member(name);
    if (!Array.isArray(value)) throw this.#expected(name, "a list of texts", value);
    return value.map((item: unknown, index) => {
      if (typeof item !== "string" || item === "") throw this.#expected(`${name}[${index}]`, "text", item);
      if (value.indexOf(item) !== index)
        throw this.#expected(`${name}[${index}]`, "a name not yet in the list", item);
      return item;
    });
  }

  object(name: string): Fields {
    return new Fields(this.#member(name), this.#where, this.#path(name));
  }

  /** A list of objects. */
  objects(name: string): Fields[] {
    const value = this.#member(name);
    if (!Array.isArray(value)) throw this.#expected(name, "a list of objects", value);
    return value.map(
      (item: unknown, index) => new Fields(item, this.#where, this.#path(`${name}[${index}]`)),
    );
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#members, name);
  }

  #member(name: string): unknown {
    return this.has(name) ? this.#members[name] : undefined;
  }

  #numberIn(name: string, value: unknown, low: number, high: number): number {
    if (typeof value === "number" && value >= low && value <= high) return value;
    const bounded = low > -Number.MAX_VALUE || high < Number.MAX_VALUE;
    throw this.#expected(name, bounded ? `a number from ${low} to ${high}` : "a finite number", value);
  }

  #path(name: string): string {
    return this.#at === "" || name === "" ? this.#at + name : `${this.#at}.${name}`;
  }

  #expected(name: string, wanted: string, found: unknown): PermafrostError {
    const place = this.#path(name);
    return new PermafrostError(
      "BUNDLE_INVALID",
      `${this.#where}: ${place === "" ? "" : `${place}: `}expected ${wanted}, got ${show(found)}. ` +
        "The file was damaged or written by another program; train again or restore it from a copy.",
      { details: { path: this.#where, member: place } },
    );
  }
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
