/** A decoded picture: 8-bit sRGB, rows from the top, `data` is [height, width, 3] packed. */
export interface PixelImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
