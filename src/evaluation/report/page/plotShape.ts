import { axisShape } from "./axis.ts";
import { either, exactly, flag, list, nothing, number, record, type Shape, text } from "./shape.ts";

const point: Shape = (found, at) => {
  const wrong = list(either(number, nothing), 4)(found, at);
  if (wrong !== undefined) return wrong;
  const [x, , low, high] = found as readonly unknown[];
  const { length } = found as readonly unknown[];
  const fits = length === 2 || (length === 4 && typeof low === "number" && typeof high === "number");
  return typeof x === "number" && fits ? undefined : `${at}: expected [x, y] or [x, y, low, high]`;
};

/** A plot that comes from a file. */
export const plotShape = record(
  {
    title: text,
    summary: text,
    x: axisShape,
    y: axisShape,
    series: list(
      record(
        {
          name: text,
          as: exactly("line", "steps", "dashed", "points", "bars", "guide"),
          points: list(point),
        },
        { color: either(number, exactly("quiet")), isStrong: flag, names: list(text) },
      ),
    ),
  },
  {
    kind: exactly("plot"),
    marks: list(record({ x: number, y: number, text, series: number })),
    size: exactly("small", "large", "square"),
  },
);
