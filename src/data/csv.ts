/** One row of a CSV text and the line on which it begins, counted from 1. */
export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/** Where a CSV text breaks the rules. */
export class CsvSyntaxError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.name = "CsvSyntaxError";
    this.line = line;
  }
}

/**
 * Reads comma-separated values as RFC 4180 describes them: fields in double quotes may hold commas, line ends and
 * doubled quotes; rows end with LF or CRLF; blank lines are passed over. Space around a field belongs to it.
 *
 * @param separator - Between the fields of a row. Default ",".
 * @throws CsvSyntaxError for a quote that is never closed, or one in the middle of a field.
 */
export function parseCsv(text: string, separator = ","): CsvRow[] {
  const rows: CsvRow[] = [];
  let fields: string[] = [];
  let position = 0;
  let line = 1;
  let rowLine = 1;
  while (position < text.length) {
    const field =
      text[position] === '"'
        ? quotedField(text, position, line, separator)
        : plainField(text, position, line, separator);
    fields.push(field.value);
    line += field.lines;
    position = field.end;
    if (text[position] === separator && position + 1 < text.length) {
      position++;
      continue;
    }
    if (text[position] === separator) fields.push("");
    position += text.startsWith("\r\n", position) ? 2 : 1;
    if (fields.length > 1 || fields[0] !== "") rows.push({ line: rowLine, fields });
    fields = [];
    rowLine = ++line;
  }
  return rows;
}

interface Field {
  readonly value: string;
  /** Where the comma or line end after it stands. */
  readonly end: number;
  /** Line ends inside it. */
  readonly lines: number;
}

function plainField(text: string, start: number, line: number, separator: string): Field {
  let end = start;
  while (end < text.length && text[end] !== separator && !isLineEnd(text, end)) {
    if (text[end] === '"')
      throw new CsvSyntaxError(line, 'a double quote inside a field; write it as "" in a quoted field');
    end++;
  }
  return { value: text.slice(start, end), end, lines: 0 };
}

function quotedField(text: string, start: number, line: number, separator: string): Field {
  let value = "";
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) throw new CsvSyntaxError(line, "a double quote is opened and never closed");
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') {
      const end = quote + 1;
      if (end < text.length && text[end] !== separator && !isLineEnd(text, end)) {
        throw new CsvSyntaxError(
          line,
          `text after a closing double quote; ${separator === "," ? "a comma" : "a tab"} or a line end is wanted there`,
        );
      }
      return { value, end, lines: value.split("\n").length - 1 };
    }
    value += '"';
    from = quote + 2;
  }
}

function isLineEnd(text: string, position: number): boolean {
  return text[position] === "\n" || text.startsWith("\r\n", position);
}
