/** What long work says about itself while it runs; the command line draws it, JSON mode prints it. */
export interface ProgressEvent {
  /** What is being done: "scan", "features", "train", "evaluate", ... */
  readonly phase: string;
  /** Units finished so far. */
  readonly done: number;
  /** Units that were finished before this work began: they count as done, not in the rate. */
  readonly from?: number;
  /** Units in all, if known. */
  readonly total?: number;
  /** What is counted: "images", "steps", "bytes". */
  readonly unit: string;
  /** One short remark for people ("epoch 3/30, loss 0.213"). */
  readonly note?: string;
}

export type OnProgress = (event: ProgressEvent) => void;

/** How a caller follows and stops long work. */
export interface WorkOptions {
  readonly onProgress?: OnProgress;
  /** Aborting it ends the work at the next safe point with an INTERRUPTED error. */
  readonly signal?: AbortSignal;
}
