import type { StoreGroup } from "../../features/storeGroup.ts";
import type { ViewDraws } from "../../features/viewDraws.ts";
import type { PreparedData } from "../data/prepareData.ts";
import { countViews, seenDraws, type ViewCounts, viewKeys } from "../data/viewCounts.ts";

/** Forwards of a frozen part that a training needs. */
export interface PlannedForwards {
  /** Different views of each split. */
  readonly views: ViewCounts;
  /** To be run. */
  readonly compute: number;
  /** Features that are there. */
  readonly stored: number;
}

/** Counts views and looks up which of their features the group holds; exact, as long as every image can be read. */
export function plannedForwards(
  data: PreparedData,
  draws: ViewDraws | undefined,
  epochs: number,
  group: Pick<StoreGroup, "rows" | "find">,
  firstEpoch = 0,
): PlannedForwards {
  const seen = seenDraws(draws, epochs, firstEpoch);
  const views = countViews(data, seen);
  const all = Object.values(views).reduce((total, count) => total + count, 0);
  // Without rows there is nothing to look for among perhaps millions of views.
  if (group.rows === 0) return { views, compute: all, stored: 0 };
  const rows = group.find(viewKeys(data, seen));
  const stored = rows.filter((row) => row >= 0).length;
  return { views, compute: all - stored, stored };
}
