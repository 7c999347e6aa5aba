import { crc32c } from "../../base/crc32c.ts";
import { ProtobufWriter } from "./protobufWriter.ts";

/** Numbers of tensorflow.DataType. */
const dataType = { float: 1, double: 2 } as const;

/** One measurement at one step. */
export interface ScalarSummary {
  readonly kind: "scalar";
  readonly tag: string;
  readonly value: number;
}

/** How the elements of an array are spread. */
export interface HistogramSummary {
  readonly kind: "histogram";
  readonly tag: string;
  /** [left edge, right edge, count] of each bucket. */
  readonly buckets: readonly (readonly [number, number, number])[];
}

export type Summary = ScalarSummary | HistogramSummary;

/** The event that every file begins with. */
export function versionEvent(wallTime: number): Uint8Array {
  return new ProtobufWriter().double(1, wallTime).text(3, "brain.Event:2").bytes;
}

/**
 * An event with one summary, in the form of TensorFlow 2 (a tensor and the plugin that shows it).
 *
 * @param wallTime - Seconds since 1970.
 */
export function summaryEvent(wallTime: number, step: number, summary: Summary): Uint8Array {
  const event = new ProtobufWriter().double(1, wallTime);
  if (step > 0) event.integer(2, step);
  const value = new ProtobufWriter()
    .text(1, summary.tag)
    .message(8, summary.kind === "scalar" ? scalarTensor(summary.value) : bucketTensor(summary.buckets))
    .message(9, metadata(summary.kind === "scalar" ? "scalars" : "histograms"));
  return event.message(5, new ProtobufWriter().message(1, value.bytes).bytes).bytes;
}

function metadata(plugin: string): Uint8Array {
  const pluginData = new ProtobufWriter().text(1, plugin).bytes;
  return new ProtobufWriter().message(1, pluginData).bytes;
}

/** tensorflow.TensorProto: element type, shape, elements. */
function scalarTensor(value: number): Uint8Array {
  const elements = new Uint8Array(Float32Array.of(value).buffer);
  return new ProtobufWriter().integer(1, dataType.float).message(2, new Uint8Array()).message(5, elements)
    .bytes;
}

function bucketTensor(buckets: HistogramSummary["buckets"]): Uint8Array {
  const dimension = (size: number) => new ProtobufWriter().integer(1, size).bytes;
  const shape = new ProtobufWriter().message(2, dimension(buckets.length)).message(2, dimension(3)).bytes;
  const elements = new Uint8Array(Float64Array.from(buckets.flat()).buffer);
  return new ProtobufWriter().integer(1, dataType.double).message(2, shape).message(6, elements).bytes;
}

/**
 * An event as a record of a TFRecord file: length, masked CRC of the length, bytes, masked CRC of the bytes; all numbers
 * little-endian.
 */
export function tfRecord(event: Uint8Array): Uint8Array {
  const record = new Uint8Array(16 + event.length);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(event.length), true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(event, 12);
  view.setUint32(12 + event.length, maskedCrc(event), true);
  return record;
}

/** TensorFlow's mask: a CRC of something that holds CRCs is no good one. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
