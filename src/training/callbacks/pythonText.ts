/**
 * A number as Python's `repr` of a float writes it: `1.0`, `1e-05`, `nan`. As in JavaScript the fewest digits that tell it
 * from its neighbours.
 */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const exponential = value.toExponential();
  const power = Number(exponential.slice(exponential.indexOf("e") + 1));
  if (power < -4 || power >= 16) return pythonExponent(exponential);
  const text = Object.is(value, -0) ? "-0" : `${value}`;
  return text.includes(".") ? text : `${text}.0`;
}

/** A number by one of Python's format specifications: "" (a float), "d", "02d", ".2f", "6.3f", ".3e", ".1%"; undefined for another. */
export function pythonFormat(value: number, specification: string): string | undefined {
  const parts = /^(0?)(\d*)(?:\.(\d+))?([dfe%]?)$/.exec(specification);
  if (parts === null) return undefined;
  const [, zero, width, precision, type] = parts;
  const text = formatted(value, type!, precision === undefined ? undefined : Number(precision));
  return text?.padStart(Number(width), zero === "0" ? "0" : " ");
}

function formatted(value: number, type: string, precision: number | undefined): string | undefined {
  if (type === "d") return Number.isInteger(value) && precision === undefined ? `${value}` : undefined;
  if (type === "" && precision === undefined) return pythonFloat(value);
  if (!Number.isFinite(value)) return pythonFloat(value);
  if (type === "f") return value.toFixed(precision ?? 6);
  if (type === "%") return `${(value * 100).toFixed(precision ?? 6)}%`;
  if (type === "e") return pythonExponent(value.toExponential(precision ?? 6));
  return undefined;
}

/** Two digits of exponent at least. */
function pythonExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}
