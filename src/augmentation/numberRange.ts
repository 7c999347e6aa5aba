/** Two bounds, the lower first. */
export type NumberRange = readonly [low: number, high: number];
