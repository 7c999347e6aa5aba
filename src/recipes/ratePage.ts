import { packageVersion } from "../base/version.ts";
import { type Page, pageSchema } from "../evaluation/report/page/page.ts";
import { renderPage } from "../evaluation/report/page/renderPage.ts";
import { rateChart, rateText } from "../evaluation/report/rateChart.ts";
import type { FoundRate } from "./findRate.ts";

/** A page that stands alone: the curve of a range test and what it suggests. */
export function ratePage(found: FoundRate): string {
  const { base, head, optimizer, batchSize } = found;
  const page: Page = {
    schema: pageSchema,
    kind: "Range test",
    title: "Learning rates",
    created: new Date().toISOString(),
    about: `Base ${base}, head ${head}, ${optimizer}, batches of ${batchSize}, ${found.trainImages} training images.`,
    answer: { sentence: verdict(found), remark: ending(found), numbers: [] },
    sections: [
      {
        title: "Loss by learning rate",
        blocks: [
          { kind: "charts", charts: [rateChart(found)] },
          {
            kind: "text",
            isQuiet: true,
            text: "Dots: the loss of each batch. Curve: without the noise of single batches. One step at each rate.",
          },
        ],
      },
    ],
    version: packageVersion(),
  };
  return renderPage(page);
}

/** One sentence. */
export function verdict({ suggestion, rates }: FoundRate): string {
  if (suggestion === undefined) {
    return `The loss does not fall anywhere between ${rateText(rates[0] ?? 0)} and ${rateText(rates.at(-1) ?? 0)}.`;
  }
  return `Suggested learning rate: ${rateText(suggestion)}.`;
}

/** Why the test ended. */
export function ending({ ended, rates }: FoundRate): string {
  const last = rateText(rates.at(-1) ?? 0);
  if (ended === "divergence") return `The loss diverged at ${last}.`;
  if (ended === "invalid loss") return `The loss was no number any more after ${last}.`;
  return `All rates up to ${last} were tried.`;
}
