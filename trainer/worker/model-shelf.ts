/** A resource whose loading costs seconds and hundreds of megabytes. */
export interface Shelved {
  dispose(): void;
}

interface Place<Model extends Shelved> {
  model: Promise<Model>;
  users: number;
  usedAt: number;
}

/**
 * Keeps the models that were used last, so that the two panes of a playground need no loading between answers. A model
 * in use is never disposed of; the shelf holds more than its size as long as it must.
 */
export class ModelShelf<Model extends Shelved> {
  private readonly places = new Map<string, Place<Model>>();
  private clock = 0;

  constructor(private readonly size: number) {}

  /**
   * Gives the model of `key`, after loading it if needed; callers with an equal key wait for that one loading. The
   * caller gives it back with `release`.
   */
  async borrow(key: string, load: () => Promise<Model>): Promise<{ model: Model; release: () => Promise<void> }> {
    const place = this.places.get(key) ?? { model: load(), users: 0, usedAt: 0 };
    this.places.set(key, place);
    place.users += 1;
    const release = async () => {
      place.users -= 1;
      place.usedAt = ++this.clock;
      await this.tidy();
    };
    try {
      return { model: await place.model, release };
    } catch (error) {
      if (this.places.get(key) === place) this.places.delete(key); // the next caller tries again
      throw error;
    }
  }

  async dispose(): Promise<void> {
    const places = [...this.places.values()];
    this.places.clear();
    for (const { model } of places) (await model).dispose();
  }

  private async tidy(): Promise<void> {
    const idle = [...this.places].filter(([, { users }]) => users === 0).sort((a, b) => a[1].usedAt - b[1].usedAt);
    for (const [key, place] of idle.slice(0, Math.max(0, this.places.size - this.size))) {
      this.places.delete(key);
      (await place.model).dispose();
    }
  }
}
