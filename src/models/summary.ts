import type { Layer, LayerCall } from "../layers/layer.ts";
import type { Parameter } from "../layers/parameter.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Topology } from "./topology.ts";

export interface SummaryOptions {
  /** Number of values an optimizer keeps; shown and added to the total, as Keras does after `compile`. */
  readonly optimizerParams?: number;
}

interface Column {
  readonly title: string;
  /** Characters between the rules, with one blank at each side. */
  readonly width: number;
  readonly alignRight?: boolean;
}

const parameterColumn: Column = { title: "Param #", width: 17, alignRight: true };

/** The widths that Keras comes to for its 88 characters; 108 when the layers are not one chain. */
const chainColumns: readonly Column[] = [
  { title: "Layer (type)", width: 38 },
  { title: "Output Shape", width: 29 },
  parameterColumn,
];
const networkColumns: readonly Column[] = [
  { title: "Layer (type)", width: 31 },
  { title: "Output Shape", width: 27 },
  parameterColumn,
  { title: "Connected to", width: 28 },
];

/** Keras 3's table of layers. A model inside the model is one row. */
export function renderSummary(model: Layer, topology: Topology | undefined, options: SummaryOptions): string {
  const network = topology !== undefined && !isChain(topology);
  const columns = network ? networkColumns : chainColumns;
  const rows = model.innerLayers.map((layer) => {
    const cells = [`${layer.name} (${layer.kind})`, outputText(layer, topology), parameterText(layer)];
    return network ? [...cells, connectionText(layer, topology)] : cells;
  });
  return [
    `Model: "${model.name}"`,
    rule(columns, "┏━┳┓"),
    ...tableRow(
      columns,
      columns.map((column) => column.title),
      "┃",
    ),
    rule(columns, "┡━╇┩"),
    rows.map((cells) => tableRow(columns, cells, "│").join("\n")).join(`\n${rule(columns, "├─┼┤")}\n`),
    rule(columns, "└─┴┘"),
    ...footer(model, options.optimizerParams),
  ].join("\n");
}

function isChain({ inputs, calls }: Topology): boolean {
  const used = new Set(calls.flatMap((call) => call.inputs));
  const edges = calls.reduce((sum, call) => sum + call.inputs.length, 0);
  return inputs.length === 1 && edges === used.size && calls.every((call) => call.inputs.length === 1);
}

function outputText(layer: Layer, topology: Topology | undefined): string {
  const shapes = callsOf(layer, topology)[0]?.outputs.map((output) => shapeText(output.shape)) ?? [];
  if (shapes.length === 0) return "?";
  return shapes.length === 1 ? shapes[0]! : `[${shapes.join(", ")}]`;
}

/** As Python shows a tuple. */
function shapeText(shape: Shape): string {
  const sizes = shape.map((size) => (size === "batch" ? "None" : `${size}`));
  return `(${sizes.join(", ")}${sizes.length === 1 ? "," : ""})`;
}

function parameterText(layer: Layer): string {
  return layer.built ? thousands(layer.countParams()) : "0 (unbuilt)";
}

function connectionText(layer: Layer, topology: Topology): string {
  const sources = callsOf(layer, topology).flatMap((call) =>
    call.inputs.map(({ call: source, index }) => {
      const use = callsOf(source.layer, topology).indexOf(source);
      return `${source.layer.name}[${Math.max(use, 0)}][${index}]`;
    }),
  );
  return sources.length === 0 ? "-" : sources.join(", ");
}

function callsOf(layer: Layer, topology: Topology | undefined): readonly LayerCall[] {
  if (topology === undefined) return [];
  return [...topology.inputs.map((input) => input.call), ...topology.calls].filter(
    (call) => call.layer === layer,
  );
}

/** @param strokes - Left corner, line, crossing, right corner. */
function rule(columns: readonly Column[], strokes: string): string {
  const [left, line, crossing, right] = strokes;
  return left + columns.map((column) => line!.repeat(column.width)).join(crossing) + right;
}

/** One row of the table: as many lines as its highest cell. */
function tableRow(columns: readonly Column[], cells: readonly string[], bar: string): string[] {
  const wrapped = cells.map((cell, index) => wrap(cell, columns[index]!.width - 2));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const texts = columns.map(({ width, alignRight }, index) => {
      const text = wrapped[index]![line] ?? "";
      return ` ${alignRight ? text.padStart(width - 2) : text.padEnd(width - 2)} `;
    });
    return bar + texts.join(bar) + bar;
  });
}

/** Breaks between words; a word too long for a line is cut with an ellipsis. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word.length <= width ? word : `${word.slice(0, width - 1)}…`);
  }
  return lines;
}

function footer(model: Layer, optimizerParams: number | undefined): string[] {
  const optimizer = { count: optimizerParams ?? 0, bytes: 4 * (optimizerParams ?? 0) };
  const all = amountOf(model.weights);
  const total = { count: all.count + optimizer.count, bytes: all.bytes + optimizer.bytes };
  return [
    ` Total params: ${show(total)}`,
    ` Trainable params: ${show(amountOf(model.trainableWeights))}`,
    ` Non-trainable params: ${show(amountOf(model.nonTrainableWeights))}`,
    ...(optimizerParams === undefined ? [] : [` Optimizer params: ${show(optimizer)}`]),
  ];
}

interface Amount {
  readonly count: number;
  readonly bytes: number;
}

function amountOf(parameters: readonly Parameter[]): Amount {
  return {
    count: parameters.reduce((sum, { size }) => sum + size, 0),
    bytes: parameters.reduce((sum, { size, bytesPerValue }) => sum + size * bytesPerValue, 0),
  };
}

/** `2,097,665 (8.00 MB)`. */
function show({ count, bytes }: Amount): string {
  let size = bytes;
  let unit = 0;
  const units = ["B", "KB", "MB", "GB", "TB"];
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${thousands(count)} (${hundredths(size)} ${units[unit]})`;
}

/** Two digits behind the point; a number in the middle goes to the even one, as Python prints it. */
function hundredths(size: number): string {
  const exact = size * 100;
  const below = Math.floor(exact);
  const rounded = exact - below === 0.5 ? below + (below % 2) : Math.round(exact);
  return (rounded / 100).toFixed(2);
}

function thousands(count: number): string {
  return `${count}`.replaceAll(/\B(?=(\d{3})+$)/g, ",");
}
