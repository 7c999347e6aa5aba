import { PermafrostError } from "../base/errors.ts";
import type { Dataset, Sample, Skipped } from "./dataset.ts";
import { countByClass } from "./dataset.ts";

/** The layouts that are understood, for messages. */
export const wantedLayout = [
  "Wanted is one folder a class:",
  "  photos/cats/1.jpg",
  "  photos/dogs/1.jpg",
  "or the same below train/, validation/ and test/, or a CSV or JSON-lines file with the columns path,label.",
].join("\n");

/**
 * What makes a data set unfit for training a classifier, worst first: fewer than two classes, classes that differ by case
 * only, classes without an image, and classes in validation or test that the training split lacks.
 */
export function datasetProblems(dataset: Dataset): PermafrostError[] {
  return [
    ...tooFewClasses(dataset),
    ...classesThatDifferByCase(dataset),
    ...classesWithoutImages(dataset),
    ...classesMissingFromTrain(dataset),
  ];
}

/**
 * The data set without files that turned out to be unreadable; they move to `skipped`.
 *
 * @throws PermafrostError DATA_EMPTY when a class loses its last image, with the first reasons.
 */
export function withoutSkipped(dataset: Dataset, skipped: readonly Skipped[]): Dataset {
  if (skipped.length === 0) return dataset;
  const reasons = new Map(skipped.map((file) => [file.path, file.reason]));
  const samples = dataset.samples.filter((sample) => !reasons.has(sample.path));
  const before = countByClass(dataset.samples, dataset.classNames.length);
  countByClass(samples, dataset.classNames.length).forEach((count, label) => {
    if (count > 0 || before[label] === 0) return;
    const lost = dataset.samples.filter((sample) => sample.label === label);
    throw new PermafrostError(
      "DATA_EMPTY",
      `${dataset.root}: class ${quote(dataset.classNames[label]!)} has no readable image; ` +
        `all of its files were skipped, for example ${lost[0]!.name}: ${sentence(reasons.get(lost[0]!.path)!)} ` +
        "Replace the damaged files or remove the class.",
      { details: { className: dataset.classNames[label], paths: lost.map((sample) => sample.path) } },
    );
  });
  return { ...dataset, samples, skipped: [...dataset.skipped, ...skipped] };
}

function tooFewClasses({ root, classNames, layout }: Dataset): PermafrostError[] {
  if (classNames.length >= 2) return [];
  const found = classNames.length === 0 ? "none" : `only ${quote(classNames[0]!)}`;
  const advice =
    layout === "manifest"
      ? "Give the rows at least two different labels."
      : `Add a second class.\n${wantedLayout}`;
  return [
    new PermafrostError(
      "DATA_INVALID",
      `${root}: a classifier needs at least 2 classes, found ${found}. ${advice}`,
      { details: { path: root, classNames } },
    ),
  ];
}

function classesThatDifferByCase({ root, classNames }: Dataset): PermafrostError[] {
  const seen = new Map<string, string>();
  const problems: PermafrostError[] = [];
  for (const name of classNames) {
    const folded = name.normalize("NFC").toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined) {
      problems.push(
        new PermafrostError(
          "DATA_INVALID",
          `${root}: the classes ${quote(other)} and ${quote(name)} differ by upper and lower case or by accents' spelling only. ` +
            "Merge them into one or rename one of them.",
          { details: { path: root, classNames: [other, name] } },
        ),
      );
    }
    seen.set(folded, name);
  }
  return problems;
}

function classesWithoutImages({ root, classNames, samples, layout }: Dataset): PermafrostError[] {
  const counted = layout === "splits" ? samples.filter((sample) => sample.split === "train") : samples;
  const elsewhere = countByClass(samples, classNames.length);
  return countByClass(counted, classNames.length).flatMap((count, label) =>
    count > 0 || elsewhere[label]! > 0
      ? []
      : [
          new PermafrostError(
            "DATA_EMPTY",
            `${root}: class ${quote(classNames[label]!)} has no image file. Add images to its folder or remove the folder.`,
            { details: { path: root, className: classNames[label] } },
          ),
        ],
  );
}

/** Only where some samples are given as training samples: otherwise the split is still to come. */
function classesMissingFromTrain({ root, classNames, samples }: Dataset): PermafrostError[] {
  const isTrain = (sample: Sample) => sample.split === undefined || sample.split === "train";
  const held = samples.filter((sample) => !isTrain(sample));
  const inTrain = countByClass(samples.filter(isTrain), classNames.length);
  return classNames.flatMap((name, label) => {
    const example = held.find((sample) => sample.label === label);
    if (inTrain[label]! > 0 || example === undefined) return [];
    const known = classNames.filter((_, other) => inTrain[other]! > 0).map(quote);
    return [
      new PermafrostError(
        "CLASS_MISMATCH",
        `${root}: class ${quote(name)} is in ${example.split} (${example.name}) but not in train, ` +
          `which has ${known.join(", ") || "no class"}. Add training images of it, or remove it from ${example.split}.`,
        { details: { path: root, className: name, split: example.split } },
      ),
    ];
  });
}

/** A reason, ended by one full stop. */
function sentence(reason: string): string {
  return reason.endsWith(".") ? reason : `${reason}.`;
}

/** A name in quotation marks, so that spaces and quotes in it can be seen. */
export function quote(name: string): string {
  return JSON.stringify(name);
}
