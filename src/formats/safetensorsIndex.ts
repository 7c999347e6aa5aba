import type { FileSource } from "./byteSource.ts";
import { damaged } from "./byteSource.ts";
import { type JsonRecord, recordOf, textOf } from "./json.ts";
import { type Part, partsFile } from "./partsFile.ts";
import { safetensorsParts } from "./safetensorsFile.ts";
import { Siblings } from "./siblings.ts";
import type { WeightFile } from "./weightFile.ts";

/** Opens `model.safetensors.index.json`: tensors by name, each in one of several safetensors files beside it. */
export function openSafetensorsIndex(source: FileSource, index: JsonRecord): WeightFile {
  const path = source.name;
  const siblings = new Siblings(path);
  const shardOf = Object.entries(recordOf(index["weight_map"], "weight_map", path));
  const shards = new Map<string, ReadonlyMap<string, Part> | undefined>();
  const parts = shardOf.map(([name, file]): Part => {
    const shard = textOf(file, `weight_map: ${JSON.stringify(name)}`, path);
    if (!shards.has(shard)) shards.set(shard, openShard(siblings, shard));
    const inShard = shards.get(shard);
    if (inShard === undefined) return missingPart(name, shard);
    const part = inShard.get(name);
    if (part === undefined) throw damaged(path, `${shard} should have the tensor ${JSON.stringify(name)}`);
    return part;
  });
  const metadata = new Map(
    Object.entries(recordOf(index["metadata"] ?? {}, "metadata", path)).map(([key, value]) => [
      key,
      String(value),
    ]),
  );
  const close = async () => {
    await siblings.close();
    await source.close();
  };
  return partsFile({ format: "safetensors", path, parts, metadata, close });
}

function openShard(siblings: Siblings, name: string): ReadonlyMap<string, Part> | undefined {
  const source = siblings.get(name);
  if (source === undefined) return undefined;
  return new Map(safetensorsParts(source).parts.map((part) => [part.entry.name, part]));
}

/** Of a tensor in a file that is not there only the name is known. */
function missingPart(name: string, file: string): Part {
  return {
    entry: { name, dtype: "other", shape: [], missing: file },
    load: async () => new Uint8Array(0),
  };
}
