/** Takes new rows. Calls may overlap; they are carried out one after the other. */
export interface RowWriter {
  /** Bytes of the packs that are finished. */
  readonly bytesWritten: number;
  /**
   * @param keys - [n, 32]
   * @param features - [n, ...shape]
   * @throws PermafrostError DISK_FULL, or STORE_DAMAGED for any other failure of the store. Rows of the unfinished pack are lost then.
   */
  append(keys: Uint8Array, features: Float32Array): Promise<void>;
  /** Finishes the pack under way. The rows can be found afterwards. */
  close(): Promise<void>;
}
