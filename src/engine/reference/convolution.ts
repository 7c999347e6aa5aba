import type { Conv2dAttributes } from "../../ops/convolution.ts";
import { windowCount, windowOf } from "../../ops/window.ts";
import { type Evaluate, generate, read, readImage } from "./array.ts";

export const conv2d: Evaluate<Conv2dAttributes> = ([x, filters, bias], attributes) => {
  const [count, perGroup, height, width] = filters!.shape;
  const window = windowOf([height!, width!], attributes);
  const [rows, columns] = windowCount([x!.shape[2]!, x!.shape[3]!], window);
  const filtersPerGroup = count! / (attributes.groups ?? 1);
  return generate([x!.shape[0]!, count!, rows, columns], ([n, k, row, column]) => {
    const firstChannel = Math.floor(k! / filtersPerGroup) * perGroup!;
    let sum = bias === undefined ? 0 : read(bias, [k!]);
    generate([perGroup!, height!, width!], ([c, i, j]) => {
      const y = row! * window.strides[0] - window.pads[0] + i! * window.dilations[0];
      const z = column! * window.strides[1] - window.pads[1] + j! * window.dilations[1];
      sum += read(filters!, [k!, c!, i!, j!]) * readImage(x!, [n!, firstChannel + c!, y, z], 0);
      return 0;
    });
    return sum;
  });
};
