import type { Split } from "../../data/dataset.ts";
import { count } from "./format.ts";
import type { Block, Section } from "./page/page.ts";

export type Fact = readonly [name: string, text: string];

/** Everything one needs to do it again. */
export function repeatSection(
  command: string,
  facts: readonly Fact[] = [],
  remarks: readonly Block[] = [],
): Section {
  return {
    title: "How to do it again",
    blocks: [
      { kind: "command", text: command },
      ...remarks,
      ...(facts.length === 0 ? [] : [{ kind: "facts", facts } as const]),
    ],
  };
}

/** How many images took part. */
export function imagesFact(samples: Readonly<Partial<Record<Split, number>>>): Fact {
  return ["Images", listed(samples, (split, images) => `${count(images)} ${split}`)];
}

/** Which network the head stands on. */
export function baseFact(base: {
  readonly name: string;
  readonly cut?: string;
  readonly weightsDigest: string;
}): Fact {
  const end = base.cut === undefined ? "" : ` up to ${base.cut}`;
  return ["Base network", `${base.name}${end}, weights SHA-256 ${base.weightsDigest}`];
}

export function versionsFact(versions: Readonly<Record<string, string>>): Fact {
  return ["Versions", listed(versions, (name, version) => `${name} ${version}`)];
}

function listed<Value>(
  record: Readonly<Record<string, Value>>,
  show: (name: string, value: Value) => string,
): string {
  return Object.entries(record)
    .map(([name, value]) => show(name, value))
    .join(", ");
}
