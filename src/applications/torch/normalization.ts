/** PyTorch's BatchNorm2d as it is when nothing is said: its momentum 0.1 is what a step takes, Keras's is what it keeps. */
export const torchNormalization = { epsilon: 1e-5, momentum: 0.9 } as const;
