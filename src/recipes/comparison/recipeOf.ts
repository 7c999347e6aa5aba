import { PermafrostError } from "../../base/errors.ts";
import { didYouMean } from "../../base/names.ts";
import type { ComparisonRecipe } from "./recipes/comparisonRecipe.ts";
import * as recipes from "./recipes/index.ts";

const known = Object.values<ComparisonRecipe>(recipes);

/** @throws PermafrostError UNKNOWN_NAME that lists the recipes. */
export function recipeOf(name: string): ComparisonRecipe {
  const recipe = known.find((each) => each.name === name);
  if (recipe !== undefined) return recipe;
  const names = known.map((each) => each.name);
  throw new PermafrostError(
    "UNKNOWN_NAME",
    `--recipe: there is no comparison ${JSON.stringify(name)}.${didYouMean(name, names)} Expected ${names.join(" or ")}.`,
    { details: { name, known: names } },
  );
}
