import { damaged, type FileSource, memorySource } from "./byteSource.ts";
import { npyTensor, readNpyHeader } from "./npy.ts";
import { type Part, partsFile } from "./partsFile.ts";
import type { WeightFile } from "./weightFile.ts";
import type { ZipMember } from "./zip.ts";

/** A NumPy header is one line, padded to 64 bytes; NumPy itself stops at 10,000. */
const headerBytes = 12_288;

/** Opens a `.npz` archive, compressed or not: one array a member. */
export function openNpz(source: FileSource, members: ReadonlyMap<string, ZipMember>): WeightFile {
  const parts = [...members.values()].map((member) => partOf(member, source.name));
  const close = () => source.close();
  return partsFile({ format: "NumPy archive (.npz)", path: source.name, parts, metadata: new Map(), close });
}

function partOf(member: ZipMember, path: string): Part {
  const where = `${path}: member ${JSON.stringify(member.name)}`;
  if (!member.name.endsWith(".npy")) throw damaged(where, "expected only arrays (.npy) beside it");
  const header = readNpyHeader(memorySource(where, member.head(headerBytes)));
  const name = member.name.slice(0, -".npy".length);
  return {
    entry: { name, dtype: header.dtype, shape: header.shape },
    load: () => member.content(),
    decode: (content) => npyTensor(header, content.subarray(header.start), where),
  };
}
