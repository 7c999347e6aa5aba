const sampleMilliseconds = 200;

/** Runs some work and watches how much memory the process takes meanwhile, in bytes. */
export async function withPeakMemory<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly peakMemory: number }> {
  let peakMemory = 0;
  const look = () => {
    peakMemory = Math.max(peakMemory, process.memoryUsage.rss());
  };
  const timer = setInterval(look, sampleMilliseconds);
  look();
  try {
    const result = await work();
    look();
    return { result, peakMemory };
  } finally {
    clearInterval(timer);
  }
}
