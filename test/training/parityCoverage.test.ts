import { describe, expect, it } from "vitest";
import { PermafrostError } from "../../src/base/errors.ts";
import { sameSpelling } from "../../src/base/identifiers.ts";
import * as kerasOptimizers from "../../src/keras/optimizers.ts";
import { activations } from "../../src/layers/activations.ts";
import { resolveConstraint } from "../../src/layers/constraints.ts";
import { makeLayer } from "../../src/layers/kinds.ts";
import * as regularizers from "../../src/layers/regularizers.ts";
import { resolveLoss } from "../../src/losses/resolveLoss.ts";
import * as metrics from "../../src/metrics/index.ts";
import { optimizers } from "../../src/optimizers/index.ts";
import { goldenFile } from "../support/goldenArrays.ts";
import type { LayerEntry, Made, NetworkCase } from "../support/kerasNetworks.ts";

const networks = goldenFile<readonly NetworkCase[]>("trajectoryNetworks");

/** All layers of the table, those inside models too. */
function layersOf(entries: readonly LayerEntry[]): readonly LayerEntry[] {
  return entries.flatMap((entry) => [entry, ...layersOf(entry.layers ?? [])]);
}

const layers = networks.flatMap((network) => layersOf(network.layers));
const outputs = networks.flatMap((network) => Object.values(network.outputs));

/** The names that a table of ours has, as its error for an unknown one lists them. */
function known(lookUp: () => unknown): readonly string[] {
  try {
    lookUp();
  } catch (error) {
    if (error instanceof PermafrostError) return error.details["known"] as readonly string[];
  }
  throw new Error("expected a refusal");
}

/** Names of ours that no network of the table uses, in any spelling. */
function unused(ours: readonly string[], used: readonly (string | undefined)[]): readonly string[] {
  const spelled = new Set(used.map((name) => sameSpelling(name ?? "")));
  return ours.filter((name) => !spelled.has(sameSpelling(name)));
}

const classesOf = (ending: string) =>
  layers
    .flatMap(({ config = {} }) => Object.entries(config))
    .filter(([key]) => key.endsWith(ending))
    .map(([, value]) => (value as Made).class);

describe("the networks that are held against Keras use", () => {
  it("every layer but those that draw pictures, which are no part of a step, and those inside of keras.applications", () => {
    // Held against Keras with their networks: test/applications/.
    const inside = ["CustomScaleLayer", "LayerScale"];
    const ours = known(() => makeLayer("", {})).filter(
      (kind) => !kind.startsWith("Random") && !inside.includes(kind),
    );
    expect(
      unused(
        ours,
        layers.map(({ kind }) => kind),
      ),
    ).toEqual([]);
  });

  it("every activation but two, which Keras cannot build into a model by name", () => {
    const used = layers.map(({ config }) => config?.["activation"] as string | undefined);
    expect(unused(Object.keys(activations), used)).toEqual(["geluTanh", "glu"]);
  });

  it("every regularizer and constraint", () => {
    const ours = known(() => regularizers.resolveRegularizer("" as never));
    expect(ours).toContain("orthogonalRegularizer");
    expect(unused(ours, classesOf("regularizer"))).toEqual([]);
    const constraints = known(() => resolveConstraint(""));
    expect(unused(constraints, classesOf("constraint"))).toEqual([]);
  });

  it("every loss", () => {
    const ours = known(() => resolveLoss("")).map((name) => resolveLoss(name).name);
    expect(
      unused(
        ours,
        outputs.map(({ loss }) => loss.class),
      ),
    ).toEqual([]);
  });

  it("every metric", () => {
    const ours = Object.keys(metrics);
    const used = outputs
      .flatMap((output) => [...(output.metrics ?? []), ...(output.weighted_metrics ?? [])])
      .map((metric) => (typeof metric === "string" ? metric : metric.class));
    expect(unused(ours, used)).toEqual([]);
  });

  it("every optimizer, and every schedule of Keras", () => {
    const used = networks.map(({ optimizer }) => optimizer.class);
    expect(unused(Object.keys(optimizers), used)).toEqual([]);
    const schedules = Object.keys(kerasOptimizers).filter((name) => !(name in optimizers));
    const rates = networks.map(({ optimizer: { learning_rate: rate } }) =>
      typeof rate === "number" ? undefined : rate.class,
    );
    // One cycle is PyTorch's: optimizers/schedules holds it against that.
    expect(unused(schedules, rates)).toEqual(["oneCycle"]);
  });
});
