import type { Sample } from "../../data/dataset.ts";
import { float32 } from "../../tensor/tensor.ts";
import type { Targets } from "../../training/samples/targets.ts";
import type { SplitDataset } from "./prepareData.ts";
import { standardized } from "./targetScale.ts";

/** What is expected of each sample in training: a class number, 0 or 1 a label, or standardised values. */
export function expectedOf(
  { task, targetScale }: Pick<SplitDataset, "task" | "targetScale">,
  samples: readonly Sample[],
): Targets {
  if (task === undefined) return Float32Array.from(samples, ({ label }) => label);
  const rows = targetRows(samples);
  const width = samples[0]?.targets?.length ?? 1;
  return float32([samples.length, width], targetScale === undefined ? rows : standardized(rows, targetScale));
}

/** The targets of all samples, one after the other. */
export function targetRows(samples: readonly Sample[]): Float32Array {
  return Float32Array.from(samples.flatMap(({ targets }) => targets ?? []));
}
