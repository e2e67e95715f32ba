/**
 * Measures the speed over the last steps. The first step of a shape is slow (it is compiled), so a mean over all would
 * mislead.
 */
export class Pace {
  private readonly window: { tokens: number; seconds: number }[] = [];

  add(tokens: number, seconds: number): void {
    this.window.push({ tokens, seconds });
    if (this.window.length > 10) this.window.shift();
  }

  /** Real tokens a second. */
  tokensPerSecond(): number {
    const tokens = this.window.reduce((sum, step) => sum + step.tokens, 0);
    return tokens / Math.max(1e-9, this.seconds());
  }

  etaSeconds(stepsLeft: number): number {
    return this.window.length === 0 ? 0 : (this.seconds() / this.window.length) * stepsLeft;
  }

  private seconds(): number {
    return this.window.reduce((sum, step) => sum + step.seconds, 0);
  }
}
