/** Width and height of a box, in pixels. */
export interface BoxSize {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where boxes and arrows are drawn. */
export interface Layout extends BoxSize {
  /** Centres of the boxes, in their order. */
  readonly centres: readonly Point[];
  /** The points that each arrow passes, from the lower edge of one box to the upper edge of another. */
  readonly ways: readonly (readonly Point[])[];
}

export interface Arrow {
  readonly from: number;
  readonly to: number;
}

const rankGap = 30;
const boxGap = 26;
/** Room for an arrow that passes a rank. */
const passWidth = 14;
const sweeps = 12;

/** A box, or the place where a long arrow passes a rank. */
interface Item {
  readonly rank: number;
  readonly width: number;
  readonly isBox: boolean;
  readonly above: Link[];
  readonly below: Link[];
  x: number;
}

/** Long arrows want to be straight more than boxes want to stand below each other. */
interface Link {
  readonly item: Item;
  readonly weight: number;
}

/**
 * Boxes in ranks from top to bottom, every one below those that it needs (Sugiyama, Tagawa and Toda 1981): ranks by the
 * longest way, few crossings by the means of neighbours, then places nearest to those means that keep their distance.
 *
 * @param arrows - Without circles; places in the list of boxes.
 */
export function layeredLayout(boxes: readonly BoxSize[], arrows: readonly Arrow[]): Layout {
  const ranks = ranksOf(boxes.length, arrows);
  const items = boxes.map(({ width }, index) => newItem(ranks[index]!, width, true));
  const chains = arrows.map((arrow) => chainOf(items[arrow.from]!, items[arrow.to]!));
  const rows = rowsOf([...items, ...chains.flatMap((chain) => chain.slice(1, -1))]);
  orderRows(rows);
  placeRows(rows);
  const tops = rankTops(boxes, ranks);
  const left = Math.min(...rows.flat().map(({ x, width }) => x - width / 2));
  const right = Math.max(...rows.flat().map(({ x, width }) => x + width / 2));
  const middle = (rank: number) => (tops[rank]! + tops[rank + 1]! - rankGap) / 2;
  const centres = items.map(({ x, rank }) => ({ x: x - left, y: middle(rank) }));
  return {
    width: right - left,
    height: tops.at(-1)! - rankGap,
    centres,
    ways: chains.map((chain, index) => {
      const { from, to } = arrows[index]!;
      const passed = chain.slice(1, -1).map(({ x, rank }) => ({ x: x - left, y: middle(rank) }));
      const start = { x: centres[from]!.x, y: centres[from]!.y + boxes[from]!.height / 2 };
      const end = { x: centres[to]!.x, y: centres[to]!.y - boxes[to]!.height / 2 };
      return [start, ...passed, end];
    }),
  };
}

/** The longest way to a box; one that needs nothing stands right above the first that needs it. */
function ranksOf(count: number, arrows: readonly Arrow[]): readonly number[] {
  const ranks = new Array<number>(count).fill(0);
  const sorted = [...arrows].sort((a, b) => a.from - b.from);
  for (const { from, to } of sorted) ranks[to] = Math.max(ranks[to]!, ranks[from]! + 1);
  const needs = new Set(arrows.map(({ to }) => to));
  for (let box = 0; box < count; box++) {
    const users = arrows.filter(({ from }) => from === box);
    if (needs.has(box) || users.length === 0) continue;
    ranks[box] = Math.min(...users.map(({ to }) => ranks[to]!)) - 1;
  }
  return ranks;
}

function newItem(rank: number, width: number, isBox: boolean): Item {
  return { rank, width, isBox, above: [], below: [], x: 0 };
}

/** The items of one arrow, linked: two boxes and the passes between them. */
function chainOf(from: Item, to: Item): readonly Item[] {
  const passes = Array.from({ length: to.rank - from.rank - 1 }, (_, step) =>
    newItem(from.rank + step + 1, passWidth, false),
  );
  const chain = [from, ...passes, to];
  for (const [index, item] of chain.slice(0, -1).entries()) {
    const next = chain[index + 1]!;
    const weight = (item.isBox ? 1 : 3) * (next.isBox ? 1 : 3);
    item.below.push({ item: next, weight });
    next.above.push({ item, weight });
  }
  return chain;
}

function rowsOf(items: readonly Item[]): Item[][] {
  const rows: Item[][] = [];
  for (const item of items) {
    rows[item.rank] ??= [];
    rows[item.rank]!.push(item);
  }
  return rows;
}

/** Sorts each row by the mean place of its neighbours, down and up in turn. */
function orderRows(rows: Item[][]): void {
  const number = (row: readonly Item[]) => {
    for (const [index, item] of row.entries()) item.x = index;
  };
  rows.forEach(number);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const isDown = sweep % 2 === 0;
    for (const row of isDown ? rows : rows.toReversed()) {
      const keys = new Map(row.map((item) => [item, meanOf(isDown ? item.above : item.below, item.x)]));
      row.sort((a, b) => keys.get(a)! - keys.get(b)!);
      number(row);
    }
  }
}

function meanOf(links: readonly Link[], otherwise: number): number {
  if (links.length === 0) return otherwise;
  const weights = links.reduce((sum, { weight }) => sum + weight, 0);
  return links.reduce((sum, { item, weight }) => sum + item.x * weight, 0) / weights;
}

/** Gives every item a place near the mean of its neighbours. */
function placeRows(rows: readonly (readonly Item[])[]): void {
  for (const row of rows) {
    for (const [index, place] of spread(
      row,
      row.map(() => 0),
    ).entries())
      row[index]!.x = place;
  }
  for (let sweep = 0; sweep < 5 * sweeps; sweep++) {
    for (const row of sweep % 2 === 0 ? rows : rows.toReversed()) {
      const wanted = row.map((item) => meanOf([...item.above, ...item.below], item.x));
      for (const [index, place] of spread(row, wanted).entries()) row[index]!.x = place;
    }
  }
}

/**
 * The places nearest to the wanted ones (least squares) in which the items keep their order and distance: isotonic
 * regression by pooling neighbours that would overlap.
 */
function spread(row: readonly Item[], wanted: readonly number[]): readonly number[] {
  const offsets: number[] = [];
  for (const [index, item] of row.entries()) {
    const before = row[index - 1];
    const distance = before === undefined ? 0 : (before.width + item.width) / 2 + boxGap;
    offsets.push((offsets.at(-1) ?? 0) + distance);
  }
  const pools: { sum: number; weight: number; count: number }[] = [];
  for (const [index, place] of wanted.entries()) {
    const weight = [...row[index]!.above, ...row[index]!.below].reduce((sum, link) => sum + link.weight, 1);
    pools.push({ sum: (place - offsets[index]!) * weight, weight, count: 1 });
    for (let last = pools.at(-1)!, before = pools.at(-2); before !== undefined; ) {
      if (before.sum / before.weight <= last.sum / last.weight) break;
      pools.pop();
      before.sum += last.sum;
      before.weight += last.weight;
      before.count += last.count;
      last = before;
      before = pools.at(-2);
    }
  }
  const places = pools.flatMap(({ sum, weight, count }) => new Array<number>(count).fill(sum / weight));
  return places.map((place, index) => place + offsets[index]!);
}

/** The upper edge of each rank, and of the one that would follow. */
function rankTops(boxes: readonly BoxSize[], ranks: readonly number[]): readonly number[] {
  const heights: number[] = [];
  for (const [index, rank] of ranks.entries()) {
    heights[rank] = Math.max(heights[rank] ?? 0, boxes[index]!.height);
  }
  const tops = [0];
  for (const height of heights) tops.push(tops.at(-1)! + height + rankGap);
  return tops;
}
