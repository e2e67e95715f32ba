/**
 * Decides who may compute. People's requests go side by side; background work pauses between two tokens as long as one
 * of them is there, so that a playground answers at once while hundreds of completions are being written.
 */
export class DeviceTurns {
  private people = 0;
  private waiting: (() => void)[] = [];

  /** A person's request begins; the returned function ends it. */
  begin(): () => void {
    this.people += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.people -= 1;
      if (this.people > 0) return;
      for (const go of this.waiting.splice(0)) go();
    };
  }

  /** Resolves as soon as no person waits. */
  async pause(): Promise<void> {
    while (this.people > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}
