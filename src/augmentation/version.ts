/** Changes whenever the same draw of the same pixels may give other values; part of a view's digest. */
export const warpVersion = "warp-1";
