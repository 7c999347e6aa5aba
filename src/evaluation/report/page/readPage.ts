import { messageOf, PermafrostError } from "../../../base/errors.ts";
import { chartShape } from "./chartKinds.ts";
import { type Page, pageSchema } from "./page.ts";
import { either, exactly, flag, kinds, list, nothing, number, record, text } from "./shape.ts";

const value = either(number, nothing);
const cell = either(text, record({ text, value }, { interval: text, parts: list(number) }));
const table = record({
  caption: text,
  columns: list(
    record({ title: text }, { as: exactly("text", "number", "bar"), parts: list(text, 8) }),
    2000,
  ),
  rows: list(list(cell)),
});
const tone = exactly("right", "wrong");
const picture = record(
  { name: text, lines: list(list(either(text, record({ strong: text }, { tone })))) },
  { thumbnail: text, beside: text },
);
const block = kinds({
  text: record({ text }, { isQuiet: flag }),
  list: record({ items: list(text) }, { title: text, isFolded: flag }),
  command: record({ text }),
  facts: record({ facts: list(list(text, 2, 2)) }, { title: text, isFolded: flag }),
  table: record({ table }),
  confusion: record({ confusion: record({ classNames: list(text), counts: list(list(number)) }) }),
  charts: record({ charts: list(chartShape) }),
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
