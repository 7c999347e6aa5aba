/** Copies `width` pixels of one row: `columns` holds the int32 byte offset of each. Writes 4 bytes a pixel, the last into the next. */
export function gatherPixels(row: usize, target: usize, width: i32, columns: usize): void {
  for (let x = 0; x < width; x++) {
    store<u32>(target, load<u32>(row + load<u32>(columns)));
    columns += 4;
    target += 3;
  }
}
