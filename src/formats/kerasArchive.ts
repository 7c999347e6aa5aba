import { type ByteSource, damaged, type FileSource, memorySource, type ReadingMemory } from "./byteSource.ts";
import { isRecord, readJson } from "./json.ts";
import { kerasParts } from "./kerasHdf5.ts";
import { type Part, partsFile } from "./partsFile.ts";
import type { WeightFile } from "./weightFile.ts";
import type { ZipMember } from "./zip.ts";

const weightsName = "model.weights.h5";

/** Opens a `.keras` archive. Its configuration is handed out as text: nothing in it is built or run. */
export async function openKerasArchive(
  source: FileSource,
  members: ReadonlyMap<string, ZipMember>,
): Promise<WeightFile> {
  const weights = members.get(weightsName);
  if (weights === undefined) throw damaged(source.name, `it lacks ${weightsName}`);
  const { parts, metadata } = kerasParts(weights.stored ?? (await unpacked(weights, source.name)));
  const about = new Map(metadata);
  for (const [key, value] of Object.entries(await jsonIn(members, "metadata.json", source))) {
    about.set(key, typeof value === "string" ? value : JSON.stringify(value));
  }
  about.set("model_config", JSON.stringify(await jsonIn(members, "config.json", source)));
  // The first tensor that is read has all of the weights checked; what only looks at headers does not wait for it.
  let checked: Promise<void> | undefined;
  const load = async (part: Part, memory?: ReadingMemory) => {
    checked ??= weights.verify();
    await checked;
    return part.load(memory);
  };
  return partsFile({
    format: "Keras archive (.keras)",
    path: source.name,
    parts: parts.map((part) => ({ ...part, load: (memory) => load(part, memory) })),
    metadata: about,
    close: () => source.close(),
  });
}

async function jsonIn(
  members: ReadonlyMap<string, ZipMember>,
  name: string,
  { name: path, size }: ByteSource,
) {
  const member = members.get(name);
  if (member === undefined) throw damaged(path, `it lacks ${name}`);
  const { record } = readJson(await unpacked(member, path), size);
  if (!isRecord(record)) throw damaged(path, `${name} is no object`);
  return record;
}

async function unpacked(member: ZipMember, path: string): Promise<ByteSource> {
  return memorySource(`${path}: member ${JSON.stringify(member.name)}`, await member.content());
}
