"""One training step of whole networks: VGG16 end to end, VGG16's block5 and head, MobileNetV3-Small with all layers.

VGG16 at 150x150, batch 20, with Flatten - Dense 256 relu - Dense 1 sigmoid on it; MobileNetV3-Small at 224x224, batch 32,
with global pooling and Dense 1 sigmoid. Binary cross-entropy, RMSprop, float32, two threads, random weights (only shapes
matter). `block5` computes the frozen blocks in every step, as these programs do. Each job runs in a process of its own.

    python training_step.py                       # all jobs, one JSON line each
    python training_step.py torch-vgg16 [steps]   # or keras-vgg16, torch-block5, keras-block5, torch-mobilenet, keras-mobilenet
"""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import resource
import time

import numpy as np

import measure

RATE = 2e-5
SIZES = {"vgg16": (150, 20), "block5": (150, 20), "mobilenet": (224, 32)}


def measure_steps(job, packages, step, steps, warm_up=1):
    """Wall and processor milliseconds of a step, and the most memory the process ever had."""
    for _ in range(warm_up):
        step()
    wall, processor = [], []
    for _ in range(steps):
        start, used = time.perf_counter(), time.process_time()
        step()
        wall.append(1000 * (time.perf_counter() - start))
        processor.append(1000 * (time.process_time() - used))
    measure.report(job, packages, steps=steps, stepMs=round(float(np.median(wall)), 1), leastMs=round(min(wall), 1),
                   processorMs=round(float(np.median(processor)), 1), leastProcessorMs=round(min(processor), 1),
                   peakMegabytes=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def data(network, channels_last):
    size, batch = SIZES[network]
    random = np.random.default_rng(0)
    shape = (batch, size, size, 3) if channels_last else (batch, 3, size, size)
    return random.random(shape, dtype=np.float32), random.integers(0, 2, (batch, 1)).astype(np.float32)


def torch_network(network):
    import torchvision
    from torch import nn

    if network == "mobilenet":
        base = torchvision.models.mobilenet_v3_small()
        return nn.Sequential(base.features, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(576, 1))
    features = torchvision.models.vgg16().features
    if network == "block5":
        for parameter in features[:24].parameters():
            parameter.requires_grad = False
    return nn.Sequential(features, nn.Flatten(), nn.Linear(8192, 256), nn.ReLU(), nn.Linear(256, 1))


def measure_torch(network, steps):
    import torch

    torch.set_num_threads(measure.THREADS)
    model = torch_network(network)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.RMSprop(trained, lr=RATE, alpha=0.9, eps=1e-7)
    loss_function = torch.nn.BCEWithLogitsLoss()
    x, y = (torch.from_numpy(values) for values in data(network, channels_last=False))

    def step():
        optimizer.zero_grad()
        loss = loss_function(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    measure_steps(f"{network}, PyTorch eager", ["torch", "torchvision", "numpy"], step, steps)


def measure_keras(network, steps):
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(measure.THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(measure.THREADS)
    size, _ = SIZES[network]
    inputs = {"include_top": False, "weights": None, "input_shape": (size, size, 3)}
    if network == "mobilenet":
        base = keras.applications.MobileNetV3Small(**inputs)
        head = [keras.layers.GlobalAveragePooling2D()]
    else:
        base = keras.applications.VGG16(**inputs)
        for layer in base.layers:
            layer.trainable = network == "vgg16" or layer.name.startswith("block5")
        head = [keras.layers.Flatten(), keras.layers.Dense(256, activation="relu")]
    model = keras.Sequential([keras.Input((size, size, 3)), base, *head, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=keras.optimizers.RMSprop(RATE), loss="binary_crossentropy")
    x, y = data(network, channels_last=True)
    measure_steps(f"{network}, Keras on TensorFlow", ["keras", "tensorflow_cpu", "numpy"],
                  lambda: model.train_on_batch(x, y), steps)


if __name__ == "__main__":
    programs = {"torch": measure_torch, "keras": measure_keras}
    if sys.argv[1:]:
        program, network = sys.argv[1].split("-")
        programs[program](network, int(sys.argv[2]) if sys.argv[2:] else 5)
    else:
        measure.run_each([f"{program}-{network}" for network in SIZES for program in programs])
