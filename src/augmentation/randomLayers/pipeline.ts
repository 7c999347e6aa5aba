import type { NumberRange } from "../numberRange.ts";

/** Fill modes of the layers; the same words as the generator's, with TensorFlow's rules. */
export type LayerFillMode = "reflect" | "wrap" | "constant" | "nearest";

/** What the layers that move pixels share. */
export interface Projection {
  readonly fillMode: LayerFillMode;
  readonly fillValue: number;
  readonly interpolation: "nearest" | "bilinear";
}

/** The random preprocessing layers of Keras 3, each with its ranges resolved; plain JSON. */
export type RandomLayer =
  | {
      readonly type: "randomFlip";
      readonly mode: "horizontal" | "vertical" | "horizontal_and_vertical";
    }
  | ({ readonly type: "randomRotation" /** Of a full turn. */; readonly factor: NumberRange } & Projection)
  | ({
      readonly type: "randomZoom";
      readonly heightFactor: NumberRange;
      /** null: as the height. */
      readonly widthFactor: NumberRange | null;
    } & Projection)
  | ({
      readonly type: "randomTranslation";
      readonly heightFactor: NumberRange;
      readonly widthFactor: NumberRange;
    } & Projection)
  | { readonly type: "randomContrast"; readonly factor: NumberRange; readonly valueRange: NumberRange }
  | { readonly type: "randomBrightness"; readonly factor: NumberRange; readonly valueRange: NumberRange }
  | { readonly type: "randomCrop"; readonly height: number; readonly width: number };

/** Random layers in the order in which they are applied. */
export interface LayerPipeline {
  readonly kind: "layers";
  readonly layers: readonly RandomLayer[];
}
