/** What an image is for: fitting, choosing, or the final judgement. */
export type Split = "train" | "validation" | "test";

export const splits: readonly Split[] = ["train", "validation", "test"];

/** What else than its one class may be asked of an image: any number of labels, or numbers. */
export const targetTasks = ["multilabel", "regression"] as const;
export type TargetTask = (typeof targetTasks)[number];

/** One labelled image file. */
export interface Sample {
  /** Absolute path. */
  readonly path: string;
  /** Path relative to the data set's root with "/" between folders: what reports show. */
  readonly name: string;
  /** Index into the data set's class names. */
  readonly label: number;
  /** Where an image has targets instead of a class: these as text. */
  readonly className: string;
  /** Of another task than classification, in the order of the class names: 0 or 1 a label, or a number a value. */
  readonly targets?: readonly number[];
  /** Given by the folder layout or the manifest; missing where neither says so. */
  readonly split?: Split;
  /** Weight of the sample in the loss (default 1). */
  readonly weight: number;
}

/** A file that is left out, and why. Files are never deleted or changed. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

/** Files that are no candidates for a sample at all. */
interface Ignored {
  /** How many hidden files and folders were passed over (".DS_Store", ".git", "__MACOSX"). */
  readonly hidden: number;
  /** Files without an image's extension, by name. */
  readonly notImages: readonly string[];
}

/** A list of labelled images, as found; no image has been opened yet. */
export interface Dataset {
  /** Absolute path of the folder, or of the manifest's folder. */
  readonly root: string;
  /** `classes`: root/class/file; `splits`: root/split/class/file; `manifest`: a CSV or JSON-lines list. */
  readonly layout: "classes" | "splits" | "manifest";
  /** Left out: classification, one class an image. */
  readonly task?: TargetTask;
  /** In code point order, the order of labels and of the model's outputs. Of another task: names of labels or of values. */
  readonly classNames: readonly string[];
  /** By split (train, validation, test), class, folder, file name; a manifest keeps its own order. */
  readonly samples: readonly Sample[];
  readonly skipped: readonly Skipped[];
  readonly ignored: Ignored;
  /** Short remarks worth showing to the user, such as a row that was listed twice. */
  readonly notes: readonly string[];
}

/** How many samples each class has, in the order of the class names. */
export function countByClass(samples: readonly Sample[], classCount: number): number[] {
  const counts = new Array<number>(classCount).fill(0);
  for (const sample of samples) counts[sample.label]! += 1;
  return counts;
}
