/** A check of plain data that came from a file: says what is wrong and where, or nothing. */
export type Shape = (value: unknown, at: string) => string | undefined;

export const text: Shape = (value, at) =>
  typeof value === "string" ? undefined : expected("a text", value, at);

export const number: Shape = (value, at) =>
  typeof value === "number" && Number.isFinite(value) ? undefined : expected("a finite number", value, at);

export const nothing: Shape = (value, at) => (value === null ? undefined : expected("null", value, at));

export const flag: Shape = (value, at) =>
  typeof value === "boolean" ? undefined : expected("true or false", value, at);

export function exactly(...known: readonly (string | number)[]): Shape {
  return (value, at) =>
    known.some((one) => one === value)
      ? undefined
      : expected(known.map((one) => JSON.stringify(one)).join(" or "), value, at);
}

export function list(item: Shape, most = Number.POSITIVE_INFINITY, least = 0): Shape {
  return (value, at) => {
    if (!Array.isArray(value)) return expected("a list", value, at);
    if (value.length < least) return `${at}: expected at least ${least} items, got ${value.length}`;
    if (value.length > most) return `${at}: expected at most ${most} items, got ${value.length}`;
    return firstOf(value, (each: unknown, index) => item(each, `${at}[${index}]`));
  };
}

/** Members by name; those in `optional` may be left out, others are not looked at. */
export function record(
  members: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>> = {},
): Shape {
  return (value, at) => {
    if (value === null || typeof value !== "object" || Array.isArray(value))
      return expected("an object", value, at);
    const given = value as Readonly<Record<string, unknown>>;
    return (
      firstOf(Object.entries(members), ([name, shape]) => shape(given[name], `${at}.${name}`)) ??
      firstOf(Object.entries(optional), ([name, shape]) =>
        given[name] === undefined ? undefined : shape(given[name], `${at}.${name}`),
      )
    );
  };
}

/** One of several; the last one's complaint is told. */
export function either(...shapes: readonly Shape[]): Shape {
  return (value, at) => {
    const complaints = shapes.map((shape) => shape(value, at));
    return complaints.includes(undefined) ? undefined : complaints.at(-1);
  };
}

/** Objects that say in `kind` what else they have. */
export function kinds(shapes: Readonly<Record<string, Shape>>): Shape {
  return (value, at) => {
    const wrong = record({ kind: exactly(...Object.keys(shapes)) })(value, at);
    if (wrong !== undefined) return wrong;
    return shapes[(value as { readonly kind: string }).kind]!(value, at);
  };
}

function firstOf<Item>(
  items: readonly Item[],
  check: (item: Item, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const wrong = check(item, index);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function expected(what: string, value: unknown, at: string): string {
  const found = value === undefined ? "nothing" : (JSON.stringify(value)?.slice(0, 60) ?? typeof value);
  return `${at}: expected ${what}, got ${found}`;
}
