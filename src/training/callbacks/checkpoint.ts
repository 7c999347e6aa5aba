import { type Digest, digestOf, sha256 } from "../../base/digest.ts";
import { PermafrostError } from "../../base/errors.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../../tensor/safetensors.ts";
import { float32, type Tensor } from "../../tensor/tensor.ts";
import type { History } from "../measuring/history.ts";
import type { MeasurementState } from "../measuring/measurements.ts";

/** What a callback remembers from epoch to epoch. */
export interface CallbackState {
  readonly values: Readonly<Record<string, number | string | boolean | null>>;
  readonly tensors: readonly Float32Array[];
}

/**
 * Everything that decides how a run goes on after an epoch or in the middle of one. Random numbers need no place in it:
 * the order of the samples depends on seed and epoch, dropout on seed, layer and iteration.
 */
export interface Checkpoint {
  /** The epoch with which training goes on. */
  readonly nextEpoch: number;
  /** Steps of it that are done: 0 at the end of an epoch. */
  readonly nextStep: number;
  /** What those steps measured. */
  readonly measured: MeasurementState | undefined;
  /** Updates made: the place in the learning rate's schedule and in dropout's random streams. */
  readonly iteration: number;
  readonly stopTraining: boolean;
  /** A learning rate that a callback set in place of the schedule. */
  readonly fixedRate: number | undefined;
  /** Paths of the trained weights, then of moving statistics. */
  readonly paths: readonly string[];
  /** In the order of the paths, engine layout. */
  readonly weights: readonly Float32Array[];
  /** The optimizer's memory of each trained weight, by the slot's name. */
  readonly slots: readonly Readonly<Record<string, Float32Array>>[];
  readonly history: Pick<History, "history" | "epoch">;
  /** What the callbacks remember, in the order in which `fit` was given them. */
  readonly callbacks: readonly (CallbackState | undefined)[];
}

/**
 * Names what a checkpoint's bytes mean, the layout of each layer's weights included: its number is raised with either, so that
 * weights of an earlier layout are refused, not misread. 3: kernels of Dense as [units, inputs].
 */
export const checkpointFormat = "permafrost checkpoint 3";

/** The part of a checkpoint that is not tensors, as JSON. */
interface StoredState {
  readonly run: string;
  readonly nextEpoch: number;
  readonly nextStep: number;
  /** How many arrays of numbers were measured; null at the end of an epoch. */
  readonly measured: number | null;
  readonly iteration: number;
  readonly stopTraining: boolean;
  readonly fixedRate: number | null;
  readonly paths: readonly string[];
  /** How many of the paths are of trained weights. */
  readonly trained: number;
  readonly slots: readonly string[];
  readonly epoch: readonly number[];
  readonly history: readonly string[];
  readonly callbacks: readonly (StoredCallback | null)[];
}

interface StoredCallback {
  readonly values: CallbackState["values"];
  readonly tensors: number;
}

/**
 * A checkpoint as the bytes of a safetensors file with a digest of all that is in it.
 *
 * @param run - Names the run it belongs to.
 */
export function encodeCheckpoint(checkpoint: Checkpoint, run: string): Uint8Array<ArrayBuffer> {
  const { paths, callbacks, history } = checkpoint;
  const state: StoredState = {
    run,
    nextEpoch: checkpoint.nextEpoch,
    nextStep: checkpoint.nextStep,
    measured: checkpoint.measured?.length ?? null,
    iteration: checkpoint.iteration,
    stopTraining: checkpoint.stopTraining,
    fixedRate: checkpoint.fixedRate ?? null,
    paths,
    trained: checkpoint.slots.length,
    slots: Object.keys(checkpoint.slots[0] ?? {}),
    epoch: history.epoch,
    history: Object.keys(history.history),
    callbacks: callbacks.map((own) => (own ? { values: own.values, tensors: own.tensors.length } : null)),
  };
  const tensors: NamedTensor[] = [
    ...paths.map((path, index) => named(`weight/${path}`, checkpoint.weights[index]!)),
    ...checkpoint.slots.flatMap((slots, index) =>
      state.slots.map((slot) => named(`slot/${slot}/${paths[index]!}`, slots[slot]!)),
    ),
    ...(checkpoint.measured ?? []).map((values, index) => numbers(`measured/${index}`, values)),
    ...state.history.map((name) => numbers(`history/${name}`, history.history[name]!)),
    ...callbacks.flatMap((own, index) =>
      (own?.tensors ?? []).map((data, place) => named(`callback/${index}/${place}`, data)),
    ),
  ];
  const text = JSON.stringify(state);
  return encodeSafetensors(tensors, {
    format: checkpointFormat,
    state: text,
    digest: contentDigest(text, tensors),
  });
}

/**
 * Reads a checkpoint, trusting nothing that its digest does not vouch for.
 *
 * @param where - The file, for messages.
 * @param run - The run it must belong to.
 * @throws PermafrostError WEIGHTS_INVALID when it is damaged, of another run or of another version of the format.
 */
export function decodeCheckpoint(bytes: Uint8Array, where: string, run: string): Checkpoint {
  const { metadata, tensors } = decodeSafetensors(bytes, where);
  const format = metadata.get("format");
  if (format !== checkpointFormat) {
    const found = format === undefined ? "no format's name" : `"${format}", of another version of Permafrost`;
    throw invalid(where, `expected "${checkpointFormat}", found ${found}`);
  }
  const text = metadata.get("state") ?? "";
  const list = [...tensors].map(([name, tensor]) => ({ name, tensor }));
  if (metadata.get("digest") !== contentDigest(text, list)) throw invalid(where, "its digest does not fit");
  // Written by `encodeCheckpoint`, as the digest shows.
  const state = JSON.parse(text) as StoredState;
  if (state.run !== run) throw invalid(where, "it belongs to another run");
  const floats = (name: string) => tensors.get(name)!.data as Float32Array;
  const doubles = (name: string) => Array.from(tensors.get(name)!.data, Number);
  return {
    nextEpoch: state.nextEpoch,
    nextStep: state.nextStep,
    measured:
      state.measured === null
        ? undefined
        : Array.from({ length: state.measured }, (_, index) => doubles(`measured/${index}`)),
    iteration: state.iteration,
    stopTraining: state.stopTraining,
    fixedRate: state.fixedRate ?? undefined,
    paths: state.paths,
    weights: state.paths.map((path) => floats(`weight/${path}`)),
    slots: state.paths
      .slice(0, state.trained)
      .map((path) => Object.fromEntries(state.slots.map((slot) => [slot, floats(`slot/${slot}/${path}`)]))),
    history: {
      epoch: state.epoch,
      history: Object.fromEntries(state.history.map((name) => [name, doubles(`history/${name}`)])),
    },
    callbacks: state.callbacks.map((own, index) =>
      own === null
        ? undefined
        : {
            values: own.values,
            tensors: Array.from({ length: own.tensors }, (_, place) => floats(`callback/${index}/${place}`)),
          },
    ),
  };
}

function named(name: string, data: Float32Array): NamedTensor {
  return { name, tensor: float32([data.length], data) };
}

/** In double precision; JSON would lose NaN and infinity. */
function numbers(name: string, values: readonly number[]): NamedTensor {
  return { name, tensor: { dtype: "float64", shape: [values.length], data: Float64Array.from(values) } };
}

function contentDigest(state: string, tensors: readonly NamedTensor[]): Digest {
  const digests = tensors.map(({ name, tensor }): [string, Digest] => [name, sha256(bytesOf(tensor))]);
  return digestOf([state, digests.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function bytesOf({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function invalid(where: string, what: string): PermafrostError {
  return new PermafrostError("WEIGHTS_INVALID", `${where}: cannot be gone on from: ${what}.`, {
    details: { path: where },
  });
}
