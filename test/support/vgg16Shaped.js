/** Convolutions and their filters in each block, as Simonyan and Zisserman (2014) number them: 13 in all. */
const blocks = [
  [2, 64],
  [2, 128],
  [3, 256],
  [3, 512],
  [3, 512],
];

/** VGG16 without its top, every weight from a formula of its name and index; see vgg16Shaped.d.ts. */
export function vgg16Shaped(
  { conv2d, float32, input, maxPooling2D, Model },
  { size = 150, divisor = 1 } = {},
) {
  const inputs = input({ shape: [size, size, 3] });
  let x = inputs;
  for (const [index, [convolutions, filters]] of blocks.entries()) {
    const block = `block${index + 1}`;
    for (let number = 1; number <= convolutions; number++) {
      const options = { kernelSize: 3, padding: "same", activation: "relu", name: `${block}_conv${number}` };
      x = conv2d({ filters: filters / divisor, ...options }).apply(x);
    }
    x = maxPooling2D({ name: `${block}_pool` }).apply(x);
  }
  const base = new Model({ inputs, outputs: x, name: "vgg16" });
  for (const [name, parameter] of base.namedParameters()) {
    parameter.set(float32(parameter.shape, formulaValues(name, parameter.shape)));
  }
  return base;
}

/** Even over the range in which He's initialization keeps the scale of activations; biases are small. */
function formulaValues(name, shape) {
  const size = shape.reduce((product, length) => product * length, 1);
  const range = shape.length === 4 ? Math.sqrt(6 / (size / shape[3])) : 0.01;
  let start = 2166136261;
  for (const character of name) start = Math.imul(start ^ character.charCodeAt(0), 16777619);
  return Float32Array.from({ length: size }, (_, index) => {
    let mixed = Math.imul(start ^ index, 2654435761);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 2246822519);
    return range * (((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 31 - 1);
  });
}
