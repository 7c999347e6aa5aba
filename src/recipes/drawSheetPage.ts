import type { Draw } from "../augmentation/draw.ts";
import { type Html, html } from "../evaluation/report/html.ts";
import type { DrawnView, DrawSheet } from "./drawSheet.ts";

/** A page that stands alone: every view of an image with its numbers. @param pictures - Data URIs, one a view. */
export function drawSheetPage(sheet: DrawSheet, pictures: readonly string[]): string {
  const { name, augmentation, draws, views, image } = sheet;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Draws of ${name}</title>
${style}
</head>
<body>
<h1>${name}</h1>
<p>${views.length === 1 ? "One view" : `${views.length} views`} with augmentation <b>${augmentation}</b>, draws <b>${draws}</b>. Pixels as the base network sees them.</p>
<main>
${views.map((view, index) => card(view, pictures[index] ?? ""))}
</main>
<footer>SHA-256 of the image: ${image}</footer>
</body>
</html>
`;
  return page.text;
}

const style = html`<style>
:root { color-scheme: light dark; }
body { font: 14px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 1rem; }
figure { margin: 0; border: 1px solid #8884; border-radius: 8px; overflow: hidden; }
img { display: block; width: 100%; }
figcaption { padding: .5rem .7rem .7rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0 .6rem; margin: .3rem 0 0; font-size: 12px; }
dt { opacity: .7; }
dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
footer { margin-top: 2rem; font-size: 12px; opacity: .7; overflow-wrap: anywhere; }
</style>`;

function card({ epochs, number, draw }: DrawnView, picture: string): Html {
  const title = number === undefined ? "As it is" : `Draw ${number}`;
  return html`<figure>
<img src="${picture}" alt="${title}" loading="lazy">
<figcaption><b>${title}</b>, ${epochsText(epochs)}
<dl>${(draw === undefined ? [] : numbersOf(draw)).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
</figcaption>
</figure>
`;
}

/** `epoch 3`, or `epochs 1, 4, 5, 9, ... (12)`. */
function epochsText(epochs: readonly number[]): string {
  const shown = epochs.slice(0, 6).join(", ");
  if (epochs.length === 1) return `epoch ${shown}`;
  return epochs.length > 6 ? `epochs ${shown}, ... (${epochs.length})` : `epochs ${shown}`;
}

/** What a draw does, without what it leaves as it is. */
export function numbersOf(draw: Draw): readonly (readonly [name: string, value: string])[] {
  if (draw.kind === "layers") {
    return draw.steps.map(({ type, ...numbers }) => [
      type,
      Object.entries(numbers)
        .map(([name, value]) => `${name} ${valueText(value)}`)
        .join(", "),
    ]);
  }
  const { theta, tx, ty, shear, zx, zy, flipHorizontal, flipVertical, channelShiftIntensity, brightness } =
    draw.parameters;
  const all: readonly (readonly [string, unknown, unknown])[] = [
    ["rotation", theta, 0],
    ["shift x", tx, 0],
    ["shift y", ty, 0],
    ["shear", shear, 0],
    ["zoom x", zx, 1],
    ["zoom y", zy, 1],
    ["mirrored", flipHorizontal, false],
    ["upside down", flipVertical, false],
    ["colours", channelShiftIntensity, null],
    ["brightness", brightness, null],
  ];
  return all.flatMap(([name, value, nothing]) =>
    value === nothing ? [] : [[name, `${valueText(value)}${units[name] ?? ""}`] as const],
  );
}

const units: Readonly<Record<string, string>> = {
  rotation: "\u00b0",
  shear: "\u00b0",
  "shift x": " px",
  "shift y": " px",
};

function valueText(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toFixed(3)));
  if (typeof value === "boolean") return value ? "yes" : "no";
  return Array.isArray(value) ? value.map(valueText).join(", ") : String(value);
}
