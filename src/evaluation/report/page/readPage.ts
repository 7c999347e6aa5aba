import { messageOf, PermafrostError } from "../../../base/errors.ts";
import { type Page, pageSchema } from "./page.ts";
import { either, exactly, flag, kinds, list, nothing, number, record, type Shape, text } from "./shape.ts";

const value = either(number, nothing);
const cell = either(text, record({ text, value }, { interval: text }));
const table = record({
  caption: text,
  columns: list(record({ title: text }, { as: exactly("text", "number", "bar") }), 2000),
  rows: list(list(cell)),
});
const axis = record(
  { title: text },
  {
    scale: exactly("linear", "log", "category"),
    unit: exactly("number", "percent", "count"),
    domain: list(number, 2),
    names: list(text),
    isBare: flag,
  },
);
const point: Shape = (found, at) => {
  const wrong = list(value, 4)(found, at);
  if (wrong !== undefined) return wrong;
  const [x, , low, high] = found as readonly unknown[];
  const { length } = found as readonly unknown[];
  const fits = length === 2 || (length === 4 && typeof low === "number" && typeof high === "number");
  return typeof x === "number" && fits ? undefined : `${at}: expected [x, y] or [x, y, low, high]`;
};
const chart = record(
  {
    title: text,
    summary: text,
    x: axis,
    y: axis,
    series: list(
      record(
        { name: text, as: exactly("line", "dashed", "points", "bars", "guide"), points: list(point) },
        { color: either(number, exactly("quiet")), names: list(text) },
      ),
    ),
  },
  {
    marks: list(record({ x: number, y: number, text, series: number })),
    size: exactly("small", "large", "square"),
  },
);
const tone = exactly("right", "wrong");
const picture = record(
  { name: text, lines: list(list(either(text, record({ strong: text }, { tone })))) },
  { thumbnail: text },
);
const block = kinds({
  text: record({ text }, { isQuiet: flag }),
  list: record({ title: text, items: list(text) }),
  command: record({ text }),
  facts: record({ facts: list(list(text, 2)) }),
  table: record({ table }),
  confusion: record({ confusion: record({ classNames: list(text), counts: list(list(number)) }) }),
  charts: record({ charts: list(chart) }),
  gallery: record({ pictures: list(picture) }),
});
const page = record({
  schema: exactly(pageSchema),
  kind: text,
  title: text,
  created: text,
  about: text,
  answer: record(
    { sentence: text, numbers: list(record({ text, meaning: text }, { value, tone }), 6) },
    { remark: text, pictureTitle: text, picture: block },
  ),
  sections: list(record({ title: text, blocks: list(block) })),
  version: text,
});

/** Nobody has a page of that size, and a reader must not take any on trust. */
const mostBytes = 256 * 2 ** 20;

/**
 * A page as it was saved; every member that is used is checked.
 *
 * @param where - The file, for messages.
 * @throws PermafrostError DATA_INVALID with the member that is wrong.
 */
export function readPage(json: string, where: string): Page {
  const fail = (what: string, cause?: unknown) =>
    new PermafrostError(
      "DATA_INVALID",
      `${where}: expected a page of permafrost (schema ${JSON.stringify(pageSchema)}), ${what}. Give the folder or the report.json that permafrost wrote.`,
      { details: { path: where }, cause },
    );
  if (json.length > mostBytes) throw fail(`got ${json.length} bytes`);
  let found: unknown;
  try {
    found = JSON.parse(json);
  } catch (error) {
    throw fail(`found no JSON (${messageOf(error)})`, error);
  }
  const wrong = page(found, "page");
  if (wrong !== undefined) throw fail(`but ${wrong}`);
  return found as Page;
}
