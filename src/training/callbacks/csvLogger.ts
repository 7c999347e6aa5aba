import { readFile } from "node:fs/promises";
import { systemCode } from "../../base/errors.ts";
import { writeFileAtomic } from "../../base/files.ts";
import type { Callback, EpochLogs } from "./callback.ts";
import type { CallbackState } from "./checkpoint.ts";
import { pythonFloat } from "./pythonText.ts";

export interface CSVLoggerOptions {
  /** Between the fields. Default ",". */
  readonly separator?: string;
  /** Go on below what the file has, without a second header. Default false: begin the file anew. */
  readonly append?: boolean;
}

/**
 * Writes the measurements of each epoch as a line of a CSV file (Keras 3's CSVLogger, the same text for the same numbers):
 * the epoch from 0, then the measurements in alphabetical order; one that is not there is "NA". The file is whole at any
 * moment, and a run that is taken up again goes on with the lines of its checkpoint.
 *
 * @throws PermafrostError DISK_FULL from `fit`.
 */
export class CSVLogger implements Callback {
  readonly #file: string;
  readonly #separator: string;
  readonly #append: boolean;
  #text = "";
  #keys: readonly string[] | undefined;

  constructor(file: string, { separator = ",", append = false }: CSVLoggerOptions = {}) {
    this.#file = file;
    this.#separator = separator;
    this.#append = append;
  }

  async onTrainBegin(): Promise<void> {
    this.#keys = undefined;
    this.#text = this.#append ? await textOf(this.#file) : "";
  }

  async onEpochEnd(epoch: number, logs: EpochLogs): Promise<void> {
    const isNew = this.#text === "";
    this.#keys ??= columnsOf(logs);
    if (isNew) this.#addLine(["epoch", ...this.#keys]);
    const value = (key: string) => {
      const number = logs[key];
      return number === undefined ? "NA" : pythonFloat(number);
    };
    this.#addLine([`${epoch}`, ...this.#keys.map(value)]);
    await writeFileAtomic(this.#file, this.#text);
  }

  getState(): CallbackState {
    return { values: { text: this.#text, keys: JSON.stringify(this.#keys ?? null) }, tensors: [] };
  }

  setState({ values: { text, keys } }: CallbackState): void {
    this.#text = String(text);
    // Written by `getState`.
    this.#keys = (JSON.parse(String(keys)) as readonly string[] | null) ?? undefined;
  }

  #addLine(fields: readonly string[]): void {
    this.#text += `${fields.map((field) => quoted(field, this.#separator)).join(this.#separator)}\r\n`;
  }
}

/** Without validation in the first epoch Keras keeps columns free for it. */
function columnsOf(logs: EpochLogs): readonly string[] {
  const keys = Object.keys(logs).sort();
  return keys.some((key) => key.startsWith("val_")) ? keys : [...keys, ...keys.map((key) => `val_${key}`)];
}

/** Python's `csv` puts quotes around a field only where it must. */
function quoted(field: string, separator: string): string {
  const needs = field.includes(separator) || /["\r\n]/.test(field);
  return needs ? `"${field.replaceAll('"', '""')}"` : field;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return "";
    throw error;
  }
}
