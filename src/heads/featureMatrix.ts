/** Features of samples, row by row. */
export interface FeatureMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** A classifier on features that was solved for, not trained step by step. */
export interface SolvedHead {
  /**
   * [rows, classes], each row adding up to 1. Where the method has no probabilities of its own they only order the classes;
   * `calibrated` says so.
   */
  predict(features: FeatureMatrix): Float32Array;
  readonly calibrated: boolean;
  /** The same classifier as one dense layer with softmax; left out where it is none. */
  readonly linear?: LinearForm;
  /** Numbers that were fitted, standardisation left out. */
  readonly parameters: number;
}

/** A class's score is the product of a row with its weights, plus its bias. */
export interface LinearForm {
  /** [classes, columns]. */
  readonly weights: Float64Array;
  readonly biases: Float64Array;
}

/** What each column is shifted by and multiplied with. */
export interface ColumnScales {
  readonly mean: Float64Array;
  /** 0 for a column that never changes. */
  readonly scale: Float64Array;
}

/** Mean and inverse deviation of each column. */
export function columnScales({ rows, columns, data }: FeatureMatrix): ColumnScales {
  const mean = new Float64Array(columns);
  const spread = new Float64Array(columns);
  for (let start = 0; start < data.length; start += columns) {
    for (let column = 0; column < columns; column++) mean[column]! += data[start + column]!;
  }
  for (let column = 0; column < columns; column++) mean[column]! /= rows;
  for (let start = 0; start < data.length; start += columns) {
    for (let column = 0; column < columns; column++) {
      const away = data[start + column]! - mean[column]!;
      spread[column]! += away * away;
    }
  }
  return { mean, scale: spread.map((sum) => (sum > 0 ? 1 / Math.sqrt(sum / rows) : 0)) };
}

/** Standardises rows in place. */
export function scaleRows({ mean, scale }: ColumnScales, data: Float32Array): void {
  const columns = mean.length;
  for (let start = 0; start < data.length; start += columns) {
    for (let column = 0; column < columns; column++) {
      data[start + column] = (data[start + column]! - mean[column]!) * scale[column]!;
    }
  }
}

/** Columns with mean 0 and variance 1 over the training rows; columns that never change become 0. */
export function standardizer(train: FeatureMatrix): (features: FeatureMatrix) => FeatureMatrix {
  const scales = columnScales(train);
  return (features) => {
    const data = features.data.slice();
    scaleRows(scales, data);
    return { ...features, data };
  };
}

/** Some rows, in the order asked for. */
export function rowsOf({ columns, data }: FeatureMatrix, rows: ArrayLike<number>): FeatureMatrix {
  const picked = new Float32Array(rows.length * columns);
  for (let row = 0; row < rows.length; row++) {
    picked.set(data.subarray(rows[row]! * columns, (rows[row]! + 1) * columns), row * columns);
  }
  return { rows: rows.length, columns, data: picked };
}
