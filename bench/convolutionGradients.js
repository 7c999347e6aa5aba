/**
 * The ONNX forms that gradients of convolutions, poolings, normalizations and activations can take, side by side at the
 * shapes of VGG16 (150 pixels, batch 20) and MobileNetV3-Small (224 pixels, batch 32). Weights are fed, as in training. The
 * form that Permafrost takes is marked by a star. Rounds alternate; medians of processor and wall milliseconds of a run, and
 * the largest difference from the first form relative to the largest element.
 *
 *     npm run build && node bench/convolutionGradients.js [rounds] [threads] [part of a name]
 */
import os from "node:os";
import { channelBlock } from "../dist/engine/numerics.js";
import { Runtime } from "../dist/engine/runtime.js";
import { GraphBuilder } from "../dist/graph/builder.js";
import { encodeModel } from "../dist/onnx/encode.js";
import { denseFilterGradient } from "../dist/ops/filterGradient.js";
import { operators } from "../dist/ops/index.js";
import {
  convolutionByWinograd,
  filterGradientByWinograd,
  isBetterByWinograd,
  isFilterBetterByWinograd,
} from "../dist/ops/winograd.js";
import { float32, tensor } from "../dist/tensor/tensor.js";

const rounds = Number(process.argv[2] ?? 7);
const threads = Number(process.argv[3] ?? 1);
const wanted = process.argv[4] ?? "";

const ints = (...values) => tensor("int64", [values.length], BigInt64Array.from(values.map(BigInt)));

/** An operator that exists for one measurement: `write` adds ONNX nodes and names the result. */
function form(shape, write) {
  return {
    name: "form",
    infer: () => [{ dtype: "float32", shape }],
    lower(onnx, { inputs, outputs }) {
      const node = (type, from, attributes, domain) => {
        const result = onnx.temporary();
        onnx.node(type, from, [result], attributes, domain);
        return result;
      };
      const constant = (...values) => onnx.constant(ints(...values));
      onnx.node("Identity", [write({ node, constant, onnx }, ...inputs)], outputs);
    },
  };
}

/** One of Permafrost's operators as a form. */
const ours = (op, attributes) => ({ op, attributes });

/** [N, C, ...] to [C, N, ...]. */
const swapped = ({ node }, x) => node("Transpose", [x], { perm: { ints: [1, 0, 2, 3] } });

/** The gradient of a convolution by its filters as one convolution of x with dy, samples in the place of channels. */
function byConvolution(window, groups) {
  return (write, x, dy) => {
    const { node, constant } = write;
    const [top, left, bottom, right] = window.pads;
    const attributes = (size, group) => ({
      kernel_shape: { ints: size },
      dilations: { ints: window.strides },
      pads: { ints: [top, left, bottom + window.rest, right + window.rest] },
      group: { int: group },
    });
    if (groups === 1)
      return swapped(
        write,
        node("Conv", [swapped(write, x), swapped(write, dy)], attributes(window.counts, 1)),
      );
    const one = node("Reshape", [swapped(write, x), constant(1, -1, ...window.image)]);
    const gradient = node("Conv", [one, swapped(write, dy)], attributes(window.counts, groups));
    return node("Reshape", [gradient, constant(groups, 1, ...window.size)]);
  };
}

/** The same for depthwise filters: for each place under the window, a slice of x times dy, summed in two stages. */
function bySlices({ size, pads, strides, counts }) {
  return ({ node, constant }, x, dy) => {
    const [top, left, bottom, right] = pads;
    const padded = node("Pad", [x, constant(0, 0, top, left, 0, 0, bottom, right)]);
    const sums = [];
    for (let row = 0; row < size[0]; row++) {
      for (let column = 0; column < size[1]; column++) {
        const end = [row, column].map((from, axis) => from + (counts[axis] - 1) * strides[axis] + 1);
        const bounds = [constant(row, column), constant(...end), constant(2, 3), constant(...strides)];
        const met = node("Mul", [node("Slice", [padded, ...bounds]), dy]);
        const perSample = node("ReduceSum", [met, constant(2, 3)], { keepdims: { int: 0 } });
        sums.push(node("ReduceSum", [perSample, constant(0)], { keepdims: { int: 0 } }));
      }
    }
    const columns = sums.map((sum) => node("Unsqueeze", [sum, constant(1)]));
    const all = node("Concat", columns, { axis: { int: 1 } });
    return node("Reshape", [all, constant(-1, 1, ...size)]);
  };
}

/** The gradient of a convolution by its filters: [N, C, H, W] and dy to [K, C / groups, size, size]. */
function filterGradient(name, [n, c, image, k], { size, stride = 1, groups = 1 }) {
  const pad = (size - 1) >> 1;
  const count = Math.floor((image + 2 * pad - size) / stride) + 1;
  const window = {
    size: [size, size],
    strides: [stride, stride],
    pads: [pad, pad, pad, pad],
    image: [image, image],
    counts: [count, count],
    rest: (count - 1) * stride + size - (image + 2 * pad),
  };
  const { strides, pads } = window;
  const shape = [k, c / groups, size, size];
  const forms = {
    "one convolution": form(shape, byConvolution(window, groups)),
    "*": ours(operators.conv2dFilterGradient, { strides, pads, groups, filterSize: window.size }),
  };
  if (groups > 1) forms["slices, two sums"] = form(shape, bySlices(window));
  return {
    name: `filters, ${name}`,
    inputs: [
      [n, c, image, image],
      [n, k, count, count],
    ],
    forms,
  };
}

/** The gradient of a convolution by its input. */
function inputGradient(name, [n, c, image, k], { size, stride = 1, groups = 1 }) {
  const pad = (size - 1) >> 1;
  const count = Math.floor((image + 2 * pad - size) / stride) + 1;
  const attributes = { strides: [stride, stride], pads: [pad, pad, pad, pad], groups };
  const rest = image - ((count - 1) * stride + size - 2 * pad);
  const transposed = ({ node }, dy, filters) =>
    node("ConvTranspose", [dy, filters], {
      kernel_shape: { ints: [size, size] },
      strides: { ints: attributes.strides },
      pads: { ints: attributes.pads },
      output_padding: { ints: [rest, rest] },
      group: { int: groups },
    });
  return {
    name: `input, ${name}`,
    inputs: [
      [n, k, count, count],
      [k, c / groups, size, size],
    ],
    forms: {
      ConvTranspose: form([n, c, image, image], transposed),
      "*": ours(operators.conv2dInputGradient, { ...attributes, inputSize: [image, image] }),
    },
  };
}

/** 3 x 3 convolutions with fed filters and their gradients by filters, the plain way and by Winograd's. */
function winograd([n, c, image, k]) {
  const window = { size: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1] };
  const counts = [image, image];
  const parts = { window, channels: c, filters: k, counts, imageSize: counts, pads: window.pads };
  const forms = (better, shape, plain, tiled) => ({
    [better ? "plain" : "* plain"]: form(shape, plain),
    [better ? "* Winograd" : "Winograd"]: form(shape, tiled),
  });
  const [x, filters, dy] = [
    [n, c, image, image],
    [k, c, 3, 3],
    [n, k, image, image],
  ];
  const convolution = ({ node }, ...inputs) => node("Conv", inputs, { pads: { ints: window.pads } });
  const gradient = (write) => (one, from, by) =>
    write(one.onnx, { x: from, dy: by, imageSize: counts, counts, window, shape: filters });
  return [
    {
      name: `winograd, forward ${n},${c},${image} to ${k}`,
      inputs: [x, filters],
      forms: forms(isBetterByWinograd(parts), dy, convolution, ({ onnx }, ...inputs) =>
        convolutionByWinograd(onnx, inputs, parts),
      ),
    },
    {
      name: `winograd, filters ${n},${c},${image} to ${k}`,
      inputs: [x, dy],
      forms: forms(
        isFilterBetterByWinograd(parts),
        filters,
        gradient(denseFilterGradient),
        gradient(filterGradientByWinograd),
      ),
    },
  ];
}

/** The gradient of max pooling with windows of 2 x 2 side by side, with the pooling. */
function maxPoolGradient([n, c, image]) {
  const half = image >> 1;
  const shape = [n, c, image, image];
  const window = { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } };
  const withPlaces = ({ onnx }, x) => {
    const [y, places] = [onnx.temporary(), onnx.temporary()];
    onnx.node("MaxPool", [x], [y, places], window);
    return [y, places];
  };
  const repeated = ({ node, onnx, constant }, x) => {
    const larger = node("Resize", [x, "", onnx.constant(float32([4], [1, 1, 2, 2]))], {
      mode: { string: "nearest" },
      coordinate_transformation_mode: { string: "asymmetric" },
      nearest_mode: { string: "floor" },
    });
    const rest = image - 2 * half;
    return rest === 0 ? larger : node("Pad", [larger, constant(0, 0, 0, 0, 0, 0, rest, rest)]);
  };
  return {
    name: `max pooling ${n},${c},${image}`,
    inputs: [shape, [n, c, half, half]],
    forms: {
      ScatterElements: form(shape, (write, x, dy) => {
        const { node, constant, onnx } = write;
        const flat = (value) => node("Reshape", [value, constant(-1)]);
        const zeros = node("ConstantOfShape", [node("Shape", [flat(x)])]);
        const [, places] = withPlaces(write, x);
        const sums = onnx.temporary();
        onnx.node("ScatterElements", [zeros, flat(places), flat(dy)], [sums], {
          reduction: { string: "add" },
        });
        return node("Reshape", [sums, node("Shape", [x])]);
      }),
      MaxUnpool: form(shape, (write, x, dy) => {
        const [, places] = withPlaces(write, x);
        return write.node("MaxUnpool", [dy, places, write.node("Shape", [x])], window);
      }),
      "equal to the largest (ties differ)": form(shape, (write, x, dy) => {
        const y = write.node("MaxPool", [x], window);
        const isLargest = write.node("Equal", [x, repeated(write, y)]);
        return write.node("Where", [isLargest, repeated(write, dy), write.onnx.constant(float32([], [0]))]);
      }),
      "*": {
        build(g, [x, dy]) {
          const [, places] = g.applyAll(operators.maxPool2d, [x], { size: [2, 2], strides: [2, 2] });
          return g.apply(operators.maxPool2dGradient, [dy, places], {
            size: [2, 2],
            strides: [2, 2],
            inputSize: [image, image],
          });
        },
      },
    },
  };
}

/** dy where y > 0. */
function reluGradient(shape) {
  const zero = ({ onnx }) => onnx.constant(float32([], [0]));
  return {
    name: `relu ${shape}`,
    inputs: [shape, shape],
    forms: {
      "Mul of Cast of Greater": form(shape, (write, y, dy) => {
        const isAbove = write.node("Greater", [y, zero(write)]);
        return write.node("Mul", [dy, write.node("Cast", [isAbove], { to: { int: 1 } })]);
      }),
      "Where of Greater": form(shape, (write, y, dy) =>
        write.node("Where", [write.node("Greater", [y, zero(write)]), dy, zero(write)]),
      ),
    },
  };
}

const cases = [
  ...[
    ["3x3 20,512,9", [20, 512, 9, 512], { size: 3 }],
    ["3x3 20,256,18", [20, 256, 18, 512], { size: 3 }],
    ["3x3 20,64,75", [20, 64, 75, 128], { size: 3 }],
    ["3x3 s2 32,3,224", [32, 3, 224, 16], { size: 3, stride: 2 }],
    ["3x3 20,3,150", [20, 3, 150, 64], { size: 3 }],
    ["1x1 32,96,7", [32, 96, 7, 576], { size: 1 }],
    ["1x1 32,24,28", [32, 24, 28, 88], { size: 1 }],
    ["depthwise 3x3 s1 32,88,28", [32, 88, 28, 88], { size: 3, groups: 88 }],
    ["depthwise 3x3 s2 32,72,56", [32, 72, 56, 72], { size: 3, stride: 2, groups: 72 }],
    ["depthwise 5x5 s1 32,240,14", [32, 240, 14, 240], { size: 5, groups: 240 }],
    ["depthwise 5x5 s1 32,576,7", [32, 576, 7, 576], { size: 5, groups: 576 }],
    ["depthwise 5x5 s2 32,288,14", [32, 288, 14, 288], { size: 5, stride: 2, groups: 288 }],
  ].flatMap((one) => [filterGradient(...one), inputGradient(...one)]),
  ...[
    [20, 64, 150, 64],
    [20, 64, 75, 128],
    [20, 128, 75, 128],
    [20, 64, 37, 64],
    [20, 128, 37, 256],
    [20, 256, 37, 256],
    [20, 512, 18, 512],
    [20, 512, 9, 512],
    [20, 64, 14, 64],
    [20, 128, 14, 128],
    [20, 128, 7, 128],
    [20, 512, 5, 512],
    [20, 256, 6, 256],
    [2, 256, 37, 256],
    [2, 512, 9, 512],
    [64, 128, 28, 128],
  ].flatMap(winograd),
  maxPoolGradient([4, 64, 150]),
  maxPoolGradient([20, 512, 9]),
  reluGradient([4, 64, 150, 150]),
  reluGradient([20, 512, 9, 9]),
];

/** As a training step is written: for this machine's blocks, and for batches of this size. */
const layout = ([[largestBatch]]) => ({ channelBlock: channelBlock(), largestBatch });

async function load(runtime, { inputs, forms }) {
  const entries = Object.entries(forms);
  return Promise.all(
    entries.map(async ([name, one]) => {
      const g = new GraphBuilder();
      const values = inputs.map((shape, index) =>
        g.input(`x${index}`, { dtype: "float32", shape }, { kind: "data" }),
      );
      const y = one.build?.(g, values) ?? g.apply(one.op ?? one, values, one.attributes ?? {});
      const graph = g.build([y]);
      const session = await runtime.load(encodeModel(graph, { sentinel: true, ...layout(inputs) }), {
        threads,
      });
      return { name, session, y, wall: [], processor: [] };
    }),
  );
}

/** Numbers from -1 to 1, a third of them 0 as behind a relu. */
function numbers(shape, salt) {
  const size = shape.reduce((product, length) => product * length, 1);
  const data = Float32Array.from({ length: size }, (_, i) => {
    const mixed = Math.imul((i + salt) ^ 0x9e3779b9, 2654435761);
    return (mixed >>> 8) % 3 === 0 ? 0 : (mixed >>> 0) / 2 ** 31 - 1;
  });
  return float32(shape, data);
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

async function measure(runtime, one) {
  const loaded = await load(runtime, one);
  const feeds = Object.fromEntries(one.inputs.map((shape, index) => [`x${index}`, numbers(shape, index)]));
  for (const entry of loaded) {
    const { shape } = entry.y.type;
    entry.output = float32(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)));
  }
  for (let round = 0; round <= rounds; round++) {
    for (const { session, y, output, wall, processor } of loaded) {
      const used = process.cpuUsage();
      const start = performance.now();
      await session.runInto(feeds, { [y.name]: output });
      const { user, system } = process.cpuUsage(used);
      if (round === 0) continue;
      wall.push(performance.now() - start);
      processor.push((user + system) / 1000);
    }
  }
  const [first] = loaded;
  const scale = first.output.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  console.log(one.name);
  for (const { name, output, wall, processor, session } of loaded) {
    const difference = output.data.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - first.output.data[i])),
      0,
    );
    const times = [median(processor), median(wall), Math.min(...wall)].map((ms) => ms.toFixed(2).padStart(8));
    console.log(`  ${name.padEnd(36)} ${times.join(" ")}  ${(difference / scale).toExponential(1)}`);
    await session.close();
  }
}

console.log(`processor ms, wall ms, least wall ms, difference; ${rounds} rounds, ${threads} threads`);
console.log(`${os.cpus()[0]?.model}, load ${os.loadavg()[0].toFixed(1)}`);
const runtime = await Runtime.start();
for (const one of cases.filter(({ name }) => name.includes(wanted))) await measure(runtime, one);
