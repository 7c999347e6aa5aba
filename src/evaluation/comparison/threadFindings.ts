import { hundredths } from "../../base/hundredths.ts";
import { count } from "../report/format.ts";
import type { ComparisonReport, MethodSummary, PairSummary, ThreadEvidence } from "./comparisonReport.ts";

/** One question of the thread and what this run's numbers say to it. */
export interface ThreadFinding {
  readonly question: string;
  readonly answer: string;
  /** Methods whose numbers it rests on. */
  readonly methods: readonly string[];
}

/** The questions that the methods of a comparison can answer, in the thread's order. */
export function threadFindings(report: ComparisonReport): readonly ThreadFinding[] {
  const { thread } = report;
  if (thread === undefined) return [];
  return [
    sameFunction(thread),
    ...whereTimeGoes(report, thread),
    ...onPair(report, "What does augmentation give?", "fresh", "fast"),
    ...variants(report),
    ...leak(report),
    ...preprocessing(report),
  ];
}

function sameFunction({ verification }: ThreadEvidence): ThreadFinding {
  const { same, steps, images, batchSize } = verification;
  return {
    question: "Is it the same computation?",
    answer: same
      ? `Yes. Trained at once, the plain way (the whole network on every image of every step) and from stored features, both gave the same bits: the losses of ${steps} steps of ${batchSize} on ${images} images under fresh views, and all weights after them.`
      : `Not here: the plain way and stored features gave different bits within ${steps} steps. permafrost verify shows the first number that differs.`,
    methods: [],
  };
}

function whereTimeGoes(
  { methods, samples, settings }: ComparisonReport,
  { forwardSeconds, headStepSeconds }: ThreadEvidence,
): ThreadFinding[] {
  const fresh = methods.find(({ method }) => method === "fresh");
  const batch = Number(settings["batch size"]);
  const epochs = Number(settings["epochs"]);
  const { train = 0, validation = 0 } = samples;
  const forwards = (train + validation) * forwardSeconds;
  const steps = Math.ceil(train / batch) * headStepSeconds;
  const share = forwards / (forwards + steps);
  return [
    {
      question: "Why is the second way so much slower?",
      answer:
        `Because the base runs on every image in every epoch, not because of training: an epoch the plain way is ${count(train + validation)} forwards (${seconds(forwards)} here) and ${seconds(steps)} of training the head, ` +
        `so forwards are ${share > 0.99 ? "over 99" : (100 * share).toFixed(0)}\u202f% of it. The first way runs them once instead of ${epochs} times.` +
        (fresh === undefined
          ? ""
          : ` Fresh views cannot be reused between epochs, but other methods and seeds need the same ones: of those of “fresh”, ${count(fresh.cost.reused)} of ${count(fresh.cost.reused + fresh.cost.computed)} came from the store.`),
      methods: [],
    },
  ];
}

function onPair(report: ComparisonReport, question: string, first: string, second: string): ThreadFinding[] {
  const pair = pairOf(report, first, second);
  if (pair === undefined) return [];
  return [
    {
      question,
      answer: `${numbers(report, [first, second])} ${pair.sentence}`,
      methods: [first, second],
    },
  ];
}

function variants(report: ComparisonReport): ThreadFinding[] {
  const pools = report.methods.map(({ method }) => method).filter((name) => /^pool:\d+$/.test(name));
  const names = ["fast", ...pools, "fresh"].filter((name) => methodOf(report, name) !== undefined);
  if (pools.length === 0 || names.length < 2) return [];
  const epochs = report.settings["epochs"];
  const pairs = pools.flatMap((pool) => pairOf(report, pool, "fresh") ?? []);
  return [
    {
      question: "Five stored variants of an image, thirty, or a fresh one every epoch?",
      answer:
        `${numbers(report, names)} ${pairs.map(({ sentence }) => sentence).join(" ")} ` +
        `Fresh views for ${epochs} epochs are just ${epochs} variants of each image: nothing keeps the first way from using them.`,
      methods: names,
    },
  ];
}

function leak(report: ComparisonReport): ThreadFinding[] {
  const changed = report.methods.filter(({ cost }) => cost.base.before !== cost.base.after);
  const pair = pairOf(report, "leaking-freeze", "fresh");
  if (pair === undefined || changed.length === 0) return [];
  const rescaled = pairOf(report, "leaking-freeze+rescale", "fresh+rescale");
  const { before, after } = changed[0]!.cost.base;
  const names = [
    "leaking-freeze",
    "fresh",
    ...(rescaled === undefined ? [] : [rescaled.first, rescaled.second]),
  ];
  return [
    {
      question: "What does a base that was not really frozen give?",
      answer:
        `${pair.sentence} ${rescaled === undefined ? "" : `With the book's preprocessing: ${rescaled.sentence} `}` +
        `Digests show what happened: the weights of the base were changed by ${changed.map(({ method }) => method).join(", ")} (${before.slice(0, 8)} became ${after.slice(0, 8)} in the first of these) and by no other method.`,
      methods: names,
    },
  ];
}

function preprocessing(report: ComparisonReport): ThreadFinding[] {
  const pairs = [
    ["fast", "fast+rescale"],
    ["fresh", "fresh+rescale"],
    ["leaking-freeze", "leaking-freeze+rescale"],
  ] as const;
  const known = pairs.flatMap(([own, wrong]) => pairOf(report, own, wrong) ?? []);
  if (known.length === 0) return [];
  return [
    {
      question: "What does wrong preprocessing give?",
      answer: known.map(({ sentence }) => sentence).join(" "),
      methods: pairs.flat().filter((name) => methodOf(report, name) !== undefined),
    },
  ];
}

function methodOf({ methods }: ComparisonReport, name: string): MethodSummary | undefined {
  return methods.find(({ method }) => method === name);
}

function pairOf({ pairs }: ComparisonReport, one: string, other: string): PairSummary | undefined {
  return pairs.find(
    ({ first, second }) => (first === one && second === other) || (first === other && second === one),
  );
}

/** `fresh 93.1 % (91.4 to 94.5), fast ...` */
function numbers(report: ComparisonReport, names: readonly string[]): string {
  const parts = names.map((name) => {
    const { value, interval } = methodOf(report, name)!.scores[report.judgedBy]!.accuracy;
    return `${name} ${hundredths(value)}\u202f% (${interval.map(hundredths).join(" to ")})`;
  });
  return `${parts.join(", ")}.`;
}

function seconds(value: number): string {
  if (value < 1) return `${Math.max(1, Math.round(1000 * value))} ms`;
  return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}
