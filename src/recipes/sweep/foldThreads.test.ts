import { describe, expect, it } from "vitest";
import { temporaryTree } from "../../../test/support/temporaryTree.ts";
import { sha256 } from "../../base/digest.ts";
import { Random } from "../../base/random.ts";
import { FinishedRuns } from "../phases/finishedRuns.ts";
import { crossValidate } from "./crossValidate.ts";
import type { FoldData, FoldTraining } from "./foldData.ts";
import { FoldJudge } from "./foldJudge.ts";
import { FoldThreads } from "./foldThreads.ts";
import type { Candidate } from "./searchSpace.ts";
import { shared } from "./sharedRows.ts";
import { standardizedPart } from "./standardizedPart.ts";
import { trainCandidate } from "./trainCandidate.ts";
import { viewTable } from "./viewTable.ts";

const rows = 60;
const columns = 7;
const epochs = 3;

/** Two classes a little apart; every second epoch sees other views. */
async function foldData(): Promise<FoldData> {
  const random = new Random(0, "test", 0);
  const values = Float32Array.from({ length: rows * columns }, (_, at) => {
    return random.uniform(-1, 1) + (Math.floor(at / columns) % 2);
  });
  const samples = Array.from({ length: rows }, (_, row) => ({ path: `${row}` }));
  const view = (epoch: number) => ({
    samples: rows,
    shape: [columns],
    read: (indices: Uint32Array, into: Float32Array) => {
      for (const [at, row] of indices.entries()) {
        for (let column = 0; column < columns; column++)
          into[at * columns + column] = values[row * columns + column]! + (epoch % 2) * column;
      }
    },
  });
  const drawn = await viewTable(
    samples,
    { ...view(0), forEpoch: view },
    epochs,
    (_, epoch) => `${epoch % 2}`,
  );
  expect(drawn.views.rows).toBe(2 * rows);
  const all = Uint32Array.from(samples, (_, row) => row);
  const plain = { rows, columns, data: shared([values]) };
  return {
    features: [{ plain }, { plain, drawn }],
    labels: Float32Array.from(all, (row) => row % 2),
    weights: new Float32Array(rows).fill(1),
    parts: [0, 1].map((fold) => ({
      trainRows: all.filter((row) => (row >> 1) % 2 !== fold),
      heldOutRows: all.filter((row) => (row >> 1) % 2 === fold),
    })),
    classes: 2,
    batchSize: 8,
    seed: 3,
    stop: new Int32Array(new SharedArrayBuffer(4)),
  };
}

const candidate = (more: Partial<Candidate> = {}): Candidate => ({
  head: "linear",
  optimizer: "adam",
  learningRate: 0.01,
  augment: "none",
  ...more,
});

const trainings: readonly FoldTraining[] = [
  { candidate: candidate(), features: 0, part: 0, epochs },
  { candidate: candidate(), features: 1, part: 0, epochs },
  { candidate: candidate({ head: "dense:5,dropout:0.3" }), features: 0, part: 1, epochs },
  { candidate: candidate({ optimizer: "sgd", learningRate: 0.5 }), features: 0, part: 0, epochs },
];

describe("a thread that trains many heads", () => {
  it("gives each the bits of a head that is trained alone, in threads of its own", async () => {
    const data = await foldData();
    await using threads = await FoldThreads.start(data, undefined, 1);
    const together = await Promise.all(trainings.map((training) => threads.train(training)));
    for (const [at, training] of trainings.entries()) {
      const part = standardizedPart(data.features[training.features]!, data.parts[training.part]!);
      expect(together[at]).toEqual(await trainCandidate(training, data, part));
    }
    // Else the comparison above would show nothing.
    expect(new Set(together.map((answers) => answers.join())).size).toBe(trainings.length);
  }, 60_000);

  it("fails the candidate whose loss is no number, and no other", async () => {
    const data = await foldData();
    await using threads = await FoldThreads.start(data, undefined, 1);
    const folder = await temporaryTree({});
    const diverging = candidate({ optimizer: "sgd", learningRate: 1e38 });
    const judgeAll = async () => {
      const judge = new FoldJudge({
        ...{ threads, data, folds: 2, resume: true },
        digests: [sha256("plain"), sha256("drawn")],
        finished: new FinishedRuns(folder, "sweep"),
      });
      const work = { judge, data, folds: 2, rows: [...data.labels.keys()], featuresOf: () => 0 };
      const onFold = () => undefined;
      return {
        judged: await crossValidate([diverging, candidate()], epochs, { ...work, onFold }),
        trainings: judge.trainings,
      };
    };
    const { judged, trainings: done } = await judgeAll();
    expect(judged[0]!.failure).toMatch(/loss/);
    expect(judged[1]!.failure).toBeUndefined();
    expect(judged[1]!.right.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(rows / 2);
    // The failure is known from the first fold, and kept like any other answer.
    expect(done).toEqual({ trained: 3, kept: 0 });
    expect(await judgeAll()).toEqual({ judged, trainings: { trained: 0, kept: 3 } });
  }, 60_000);

  it("ends a training under way once it is asked to stop", async () => {
    const data = await foldData();
    const stopping = new AbortController();
    await using threads = await FoldThreads.start(data, stopping.signal, 1);
    const endless = threads.train({ ...trainings[0]!, epochs: 1e6 });
    setTimeout(() => stopping.abort(), 50);
    await expect(endless).rejects.toMatchObject({ code: "INTERRUPTED" });
    await expect(threads.train(trainings[0]!)).rejects.toMatchObject({ code: "INTERRUPTED" });
  }, 60_000);
});
