/** Adds up how long each phase of a job takes, in seconds, in the order in which phases first began. */
export class PhaseClock {
  readonly seconds: Record<string, number> = {};

  /** Runs some work and counts its time to a phase. */
  async time<T>(phase: string, work: () => Promise<T>): Promise<T> {
    const begin = performance.now();
    this.seconds[phase] ??= 0;
    try {
      return await work();
    } finally {
      this.seconds[phase] += (performance.now() - begin) / 1000;
    }
  }
}
