/** Measures the seconds from one call to the next. */
export class Stopwatch {
  private last = performance.now();

  lap(): number {
    const now = performance.now();
    const seconds = (now - this.last) / 1000;
    this.last = now;
    return Math.max(seconds, 1e-6);
  }
}
