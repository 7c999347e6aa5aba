import type { ComparisonReport, ThreadEvidence } from "../../evaluation/comparison/comparisonReport.ts";
import type { ComparisonData } from "./comparisonData.ts";
import type { ComparisonRequest } from "./comparisonRequest.ts";
import type { MethodCall } from "./methodCalls.ts";
import type { MethodRun } from "./methodRun.ts";

/** Everything that was done. */
export interface FinishedComparison {
  readonly request: ComparisonRequest;
  readonly known: ComparisonData;
  readonly methods: readonly { readonly call: MethodCall; readonly runs: readonly MethodRun[] }[];
  readonly leftOut: ComparisonReport["leftOut"];
  readonly seconds: number;
  readonly thread: ThreadEvidence | undefined;
}
