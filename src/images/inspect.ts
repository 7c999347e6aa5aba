import type { Metadata } from "sharp";
import { messageOf } from "../base/errors.ts";
import { decodedFormats, formatOfContent, formatOfName, type ImageFormat } from "./format.ts";

/** What a file's header says about the picture in it. */
export interface ImageFacts {
  /** By content. */
  readonly format: ImageFormat;
  /** By the file's name; "unknown" without a path or a known extension. */
  readonly formatOfName: ImageFormat;
  /** The header could be read and the format is one that `decodeImage` knows. The pixels may still be damaged. */
  readonly readable: boolean;
  /** Why not, in words; undefined when readable. */
  readonly problem: string | undefined;
  /** Pixels, after the EXIF orientation has been applied; 0 when unknown. */
  readonly width: number;
  readonly height: number;
  /** EXIF orientation 1 to 8; 1 is upright, also where the file says nothing. */
  readonly orientation: number;
  readonly colourSpace: "rgb" | "grey" | "cmyk" | "other";
  readonly bitsPerSample: number;
  /** Every GIF counts as having it. */
  readonly hasAlpha: boolean;
  /** Pictures in the file; decoding takes the first. */
  readonly frames: number;
  /** More than one frame, meant to be played (pages of a TIFF are not). */
  readonly animated: boolean;
}

/** Reads the header only. Never throws on bad content: see `readable` and `problem`. */
export async function inspectImage(bytes: Uint8Array, path?: string): Promise<ImageFacts> {
  const format = formatOfContent(bytes);
  const names = { format, formatOfName: path === undefined ? "unknown" : formatOfName(path) } as const;
  if (!decodedFormats.includes(format)) return { ...nothingKnown, ...names, problem: whyNot(format, bytes) };
  const { sharp } = await import("./codec.ts");
  try {
    const metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
    return { ...factsOf(metadata), ...names, readable: true, problem: undefined };
  } catch (error) {
    const problem = `a ${format.toUpperCase()} whose header cannot be read (${firstLine(error)})`;
    return { ...nothingKnown, ...names, problem };
  }
}

/** Why a format is not decoded, as the end of "found ...". */
export function whyNot(format: ImageFormat, bytes: Uint8Array): string {
  switch (format) {
    case "empty":
      return "an empty file";
    case "unknown":
      return `content of no known image format (first bytes ${Buffer.from(bytes.subarray(0, 8)).toString("hex")})`;
    default:
      return `${format.toUpperCase()}, which is not supported`;
  }
}

/** libvips adds a line per failed operation; the first names the cause. */
export function firstLine(error: unknown): string {
  return messageOf(error).split("\n")[0] ?? "";
}

const nothingKnown = {
  readable: false,
  width: 0,
  height: 0,
  orientation: 1,
  colourSpace: "other",
  bitsPerSample: 0,
  hasAlpha: false,
  frames: 0,
  animated: false,
} as const;

function factsOf(metadata: Metadata): Omit<ImageFacts, "format" | "formatOfName" | "readable" | "problem"> {
  const frames = metadata.pages ?? 1;
  return {
    width: metadata.autoOrient.width,
    height: metadata.autoOrient.height,
    orientation: metadata.orientation ?? 1,
    colourSpace: colourSpaces[metadata.space] ?? "other",
    bitsPerSample: metadata.bitsPerSample ?? bitsOfDepth[metadata.depth] ?? 8,
    hasAlpha: metadata.hasAlpha,
    frames,
    animated: frames > 1 && metadata.delay !== undefined,
  };
}

/** libvips's names of colour spaces. */
const colourSpaces: Readonly<Record<string, ImageFacts["colourSpace"]>> = {
  srgb: "rgb",
  rgb: "rgb",
  rgb16: "rgb",
  scrgb: "rgb",
  "b-w": "grey",
  grey16: "grey",
  cmyk: "cmyk",
};

/** libvips's names of sample types. */
const bitsOfDepth: Readonly<Record<string, number>> = {
  uchar: 8,
  char: 8,
  ushort: 16,
  short: 16,
  uint: 32,
  int: 32,
  float: 32,
  double: 64,
};
