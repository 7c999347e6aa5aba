/** File formats that are told apart. Those after "avif" are recognised, but not decoded. */
export type ImageFormat =
  | "jpeg"
  | "png"
  | "webp"
  | "gif"
  | "tiff"
  | "avif"
  | "heic"
  | "bmp"
  | "svg"
  | "empty"
  | "unknown";

/** Formats that `decodeImage` reads. */
export const decodedFormats: readonly ImageFormat[] = ["jpeg", "png", "webp", "gif", "tiff", "avif"];

const formatOfExtension: Readonly<Record<string, ImageFormat>> = {
  ".jpg": "jpeg",
  ".jpeg": "jpeg",
  ".jpe": "jpeg",
  ".jfif": "jpeg",
  ".png": "png",
  ".webp": "webp",
  ".gif": "gif",
  ".tif": "tiff",
  ".tiff": "tiff",
  ".avif": "avif",
  ".heic": "heic",
  ".heif": "heic",
  ".bmp": "bmp",
  ".svg": "svg",
};

/** Extensions of files that are meant as pictures, lower case with the dot, whether or not they can be decoded. */
export const imageExtensions: readonly string[] = Object.keys(formatOfExtension);

/** Whether a file counts as an image by its name; what it contains is checked when it is opened. */
export function isImageName(file: string): boolean {
  return formatOfName(file) !== "unknown";
}

/** What a file's name says it is; "unknown" for names without one of `imageExtensions`. */
export function formatOfName(path: string): ImageFormat {
  const extension = /\.[^./\\]+$/.exec(path)?.[0].toLowerCase() ?? "";
  return formatOfExtension[extension] ?? "unknown";
}

/** What a file's first bytes say it is. */
export function formatOfContent(bytes: Uint8Array): ImageFormat {
  if (bytes.length === 0) return "empty";
  const head = latin1(bytes, 0, 16);
  if (head.startsWith("\xff\xd8\xff")) return "jpeg";
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) return "gif";
  if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) return "webp";
  // Little and big endian; 42 for the classic format, 43 for files over 4 GiB.
  if (/^(II[*+]\0|MM\0[*+])/.test(head)) return "tiff";
  if (head.startsWith("ftyp", 4)) return formatOfBrands(bytes);
  if (head.startsWith("BM")) return "bmp";
  const text = latin1(bytes, 0, 1000).replace(/^\xef\xbb\xbf/, "");
  return text.trimStart().startsWith("<") && /<svg[\s/>]/i.test(text) ? "svg" : "unknown";
}

/** ISO base media files list their brands in the first box (ISO/IEC 23008-12). */
function formatOfBrands(bytes: Uint8Array): ImageFormat {
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const brands = latin1(bytes, 8, Math.min(size, 256));
  if (/avif|avis/.test(brands)) return "avif";
  return /heic|heix|hevc|hevx|heim|heis|mif1|msf1/.test(brands) ? "heic" : "unknown";
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1", from, to);
}
