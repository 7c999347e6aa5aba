import { type Preprocessing, shorterSide } from "../../applications/preprocessing.ts";
import type { Mistake, TrainingReport } from "../trainingReport.ts";
import type { JudgedSplit } from "./answer.ts";
import { frequentConfusions } from "./confusionMatrix.ts";
import { count, decimal, duration, percent, plural } from "./format.ts";
import { type Html, html } from "./html.ts";
import { type LineChart, lineChart, type Series } from "./lineChart.ts";

/** Loss and metrics over the epochs. */
export function curvesSection({ history }: TrainingReport): Html | undefined {
  const names = Object.keys(history).filter((name) => !name.startsWith("val_") && history[name]!.length > 0);
  const charts = names.flatMap((name) => chartOf(name, history));
  if (charts.length === 0) return undefined;
  const epochs = history[names[0]!]!.length;
  const body =
    epochs < 2
      ? html`<p>One epoch: there is no curve to draw.</p>`
      : html`<div class="charts">${charts.map(lineChart)}</div>`;
  return html`<section><h2>How it learned</h2>${body}</section>`;
}

function chartOf(name: string, history: TrainingReport["history"]): LineChart[] {
  const isShare = /acc|precision|recall|auc|f1/i.test(name);
  const series: Series[] = [];
  const add = (label: Series["label"], values: readonly number[] | undefined) => {
    if (values?.some(Number.isFinite)) series.push({ label, values });
  };
  add("training", history[name]);
  add("validation", history[`val_${name}`]);
  if (series.length === 0) return [];
  const title = name === "acc" ? "Accuracy" : name[0]!.toUpperCase() + name.slice(1).replaceAll("_", " ");
  return [
    {
      title,
      series,
      unit: isShare ? "percent" : "number",
      best: isShare || name === "r2_score" ? "largest" : "smallest",
    },
  ];
}

/** Precision, recall and F1 of every class. */
export function classesSection({ split, scores }: JudgedSplit): Html {
  const rows = scores.perClass.map(
    (row) => html`<tr><th scope="row">${row.className}</th><td class="number">${percent(row.precision)}</td>
<td class="number">${percent(row.recall)}</td><td class="number">${row.f1.toFixed(3)}</td><td class="number">${count(row.support)}</td>
<td class="wide" aria-hidden="true"><span class="meter"><i style="width:${(row.f1 * 100).toFixed(1)}%"></i></span></td></tr>\n`,
  );
  return html`<section class="long"><h2>Class by class</h2>
<div class="scroll"><table class="list"><caption>On the ${split} split; loss ${decimal(scores.loss)}. Precision: of the answers naming the class, how many are right.
Recall: of its pictures, how many are found. F1: their harmonic mean, drawn as the bar.</caption>
<thead><tr><th scope="col">class</th><th scope="col" class="number">precision</th><th scope="col" class="number">recall</th><th scope="col" class="number">F1</th>
<th scope="col" class="number">pictures</th><th class="wide" aria-hidden="true"></th></tr></thead><tbody>${rows}</tbody></table></div>
${frequentConfusions(scores, 8)}</section>`;
}

/** The pictures judged most wrongly. */
export function mistakesSection({ mistakes }: TrainingReport, judged: JudgedSplit): Html {
  if (mistakes.length === 0) {
    return html`<section><h2>Worst mistakes</h2><p>None: every picture of the ${judged.split} split was named rightly.</p></section>`;
  }
  return html`<section class="long"><h2>Worst mistakes</h2>
<p class="muted small">Where the classifier was most sure of a wrong answer (${judged.split} split). Look here first: some may be wrong labels.</p>
<ul class="gallery">${mistakes.map(mistakeItem)}</ul></section>`;
}

/** Only pictures inside the page: an address would tell somebody that the report was opened. */
const inlinePicture = /^data:image\/(?:png|jpeg|webp|gif|avif);base64,[A-Za-z0-9+/]+=*$/;

function mistakeItem({ trueClass, predictedClass, probability, ...picture }: Mistake): Html {
  return galleryItem(
    picture,
    html`Is <strong>${trueClass}</strong>,<br>said <strong class="wrong">${predictedClass}</strong> (${percent(probability)})`,
  );
}

/** A picture with what is said of it. */
export function galleryItem({ name, thumbnail }: Pick<Mistake, "name" | "thumbnail">, text: Html): Html {
  const picture =
    thumbnail !== undefined && inlinePicture.test(thumbnail)
      ? html`<img src="${thumbnail}" alt="${name}" width="160" height="160">`
      : html`<span class="blank"></span>`;
  return html`<li>${picture}<p>${text}</p>
<p class="file">${name}</p></li>\n`;
}

/** What went in, and what was left out and why. */
export function picturesSection({ splits, classNames, skipped, warnings, task }: TrainingReport): Html {
  const kind = task === "multilabel" ? "label" : "class";
  const counted = task === "regression" ? [] : classNames;
  const rows = counted.map(
    (name, label) =>
      html`<tr><th scope="row">${name}</th>${splits.map(({ samplesByClass }) => html`<td class="number">${count(samplesByClass[label] ?? 0)}</td>`)}</tr>\n`,
  );
  return html`<section class="long"><h2>The pictures</h2>
<div class="scroll"><table class="list narrow"><caption>Pictures by ${counted.length === 0 ? "split" : `${kind} and split`}</caption>
<thead><tr><th scope="col">${counted.length === 0 ? "" : kind}</th>${splits.map(({ split }) => html`<th scope="col" class="number">${split}</th>`)}</tr></thead><tbody>${rows}
<tr><th scope="row">all</th>${splits.map(({ samples }) => html`<td class="number"><strong>${count(samples)}</strong></td>`)}</tr></tbody></table></div>
<div class="gap">${skippedFiles(skipped)}
${warnings.length === 0 ? undefined : html`<p><strong>Worth knowing</strong></p><ul class="plain">${warnings.map((text) => html`<li>${text}</li>`)}</ul>`}</div></section>`;
}

/** A page is no log file: the first ones, and how many more. */
const mostSkipped = 200;

function skippedFiles(skipped: TrainingReport["skipped"]): Html {
  if (skipped.length === 0) return html`<p>No file was skipped.</p>`;
  const rest = skipped.length - mostSkipped;
  return html`<p><strong>${plural(skipped.length, "file")} skipped</strong> (left where they are)</p>
<ul class="plain small">${skipped.slice(0, mostSkipped).map(({ path, reason }) => html`<li>${path}: ${reason}</li>\n`)}</ul>
${rest > 0 ? html`<p class="small">and ${count(rest)} more; the result line of <code>--json</code> lists all.</p>` : undefined}`;
}

/** Where the time went, and how often the base ran. */
export function workSection({ forwards, seconds }: TrainingReport): Html {
  const phases = Object.entries(seconds);
  const longest = Math.max(...phases.map(([, value]) => value), 1e-9);
  return html`<section><h2>The work</h2>
<p>The base network ran ${plural(forwards.computed, "time")}; ${count(forwards.reused)} results came from the store. Its weights are frozen, so
each picture passes it once, whatever the number of epochs, and not again in the next run.</p>
<div class="scroll"><table class="list"><caption>Seconds by phase</caption>
<thead><tr><th scope="col">phase</th><th scope="col" class="number">time</th><th class="wide" aria-hidden="true"></th></tr></thead>
<tbody>${phases.map(
    ([phase, value]) => html`<tr><th scope="row">${phase}</th><td class="number">${duration(value)}</td>
<td class="wide" aria-hidden="true"><span class="meter"><i style="width:${((100 * value) / longest).toFixed(1)}%"></i></span></td></tr>\n`,
  )}</tbody></table></div></section>`;
}

/** Everything one needs to do it again. */
export function recipeSection(report: TrainingReport): Html {
  const facts: [string, string][] = [
    ["Base network", `${report.base.name}, weights SHA-256 ${report.base.weightsDigest}`],
    ["Head", report.head.join(" → ")],
    ["Input", inputText(report.preprocessing)],
    ...Object.entries(report.settings).map(([name, value]): [string, string] => [name, String(value)]),
    ["Bundle", report.bundle],
    [
      "Versions",
      Object.entries(report.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
    ["Numerics class", report.numericsClass],
  ];
  return html`<section><h2>How to do it again</h2><pre>${report.command}</pre>
<dl class="facts">${facts.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>\n`)}</dl></section>`;
}

function inputText(preprocessing: Preprocessing): string {
  const { height, width, filter, fit, scale, mean, std, order } = preprocessing;
  const scaled = { crop: "shorter side to", stretchCrop: "stretched to a square of", stretch: "" }[fit];
  const size =
    fit === "stretch"
      ? `stretched to ${width}×${height}`
      : `${scaled} ${shorterSide(preprocessing)}, centre ${width}×${height}`;
  return `${size} pixels (${filter}); (pixel × ${decimal(scale)} − [${mean.join(", ")}]) / [${std.join(", ")}], ${order.toUpperCase()}`;
}
