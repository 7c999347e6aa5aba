import { Extraction, type ExtractionOptions, type ExtractionSummary } from "./extraction.ts";
import { FeatureTable } from "./featureTable.ts";

export type { ExtractionOptions, ExtractionSummary } from "./extraction.ts";

export interface ExtractionResult extends ExtractionSummary {
  readonly table: FeatureTable;
}

/**
 * The features of images: taken from the store where they are there, else computed and stored.
 *
 * A file is read, held against its digest, decoded, preprocessed and sent through the prefix by the same code that serves
 * predictions. Memory use does not grow with the number of images.
 *
 * @throws PermafrostError INTERRUPTED when the signal is aborted; what was computed until then is kept. GRAPH_INVALID or
 *   SHAPE_MISMATCH for a prefix that does not fit. DISK_FULL when neither disk nor memory can take the features.
 */
export async function extractFeatures(options: ExtractionOptions): Promise<ExtractionResult> {
  const extraction = await Extraction.open(options);
  try {
    await extraction.run();
    const { keys, rows } = extraction.search.stored();
    return { table: new FeatureTable(extraction.group, keys, rows), ...extraction.summary() };
  } catch (error) {
    extraction.group.close();
    throw error;
  } finally {
    await extraction.endThreads();
  }
}
