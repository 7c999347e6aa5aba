import { PermafrostError } from "../../base/errors.ts";
import type { Runtime } from "../../engine/runtime.ts";
import { Transferring } from "../../engine/thread.ts";
import type { StepInfo } from "../../optimizers/optimizer.ts";
import { BatchBuffer, type BatchLayout } from "./batchBuffer.ts";
import type { StatePiece } from "./statePieces.ts";
import { StepRunner } from "./stepRunner.ts";
import type { TrainProgram } from "./trainProgram.ts";

export type TrainHandlers = ReturnType<typeof trainHandlers>;

/**
 * What a training thread answers: one training at a time; `start` begins another. The batch's memory comes with the call and goes
 * back with the answer.
 */
export function trainHandlers(started: Promise<Runtime>) {
  let current: { readonly layout: BatchLayout; readonly runner: StepRunner } | undefined;

  const running = () => {
    if (current === undefined)
      throw new PermafrostError("INTERNAL", "internal: the training thread was not started.");
    return current;
  };
  const open = (storage: ArrayBuffer) => new BatchBuffer(running().layout, storage);
  const stop = async () => {
    await current?.runner.close();
    current = undefined;
  };

  return {
    start: async (program: TrainProgram) => {
      const runtime = await started;
      await stop();
      if (program.channelBlock !== undefined) await runtime.tryBlocks(program.channelBlock);
      current = { layout: program.layout, runner: await StepRunner.create(runtime, program) };
      return { numericsClass: runtime.numericsClass };
    },
    train: async ({ storage, count, info }: { storage: ArrayBuffer; count: number; info: StepInfo }) => {
      const value = await running().runner.train(open(storage), count, info);
      return new Transferring({ storage, value }, [storage]);
    },
    test: async ({ storage, count }: { storage: ArrayBuffer; count: number }) => {
      const value = await running().runner.test(open(storage), count);
      return new Transferring({ storage, value }, [storage]);
    },
    read: ({ iteration, withSlots }: { iteration: number; withSlots: boolean }) => {
      const state = running().runner.read(iteration, withSlots);
      const arrays = [...state.weights, ...state.slots.flatMap((slots) => Object.values(slots))];
      return new Transferring(
        state,
        arrays.map((array) => array.buffer as ArrayBuffer),
      );
    },
    useAverage: (how: "take" | "exchange") => running().runner.useAverage(how),
    write: (piece: StatePiece) => {
      running().runner.writePiece(piece);
      const storage = piece.values.buffer as ArrayBuffer;
      return new Transferring(storage, [storage]);
    },
    stop,
  };
}
