import { randomUUID } from "node:crypto";
import { appendFile, mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { dataPath } from "./data-folder";

/** So much text stays in memory before it goes to the disk. */
const MOST_IN_MEMORY = 48 * 1024 * 1024;

/**
 * Text put aside in named pieces, for what has to be sorted and is too much for memory: it goes to a temporary folder of
 * the data folder once there is much of it. Whoever makes a spool removes it.
 */
export class Spool {
  private readonly folder = dataPath("tmp", randomUUID());
  private readonly waiting = new Map<string, string[]>();
  private readonly onDisk = new Set<string>();
  private length = 0;

  constructor(private readonly mostInMemory = MOST_IN_MEMORY) {}

  /** Adds to the end of a piece. */
  async add(piece: string, text: string): Promise<void> {
    const texts = this.waiting.get(piece);
    if (texts) texts.push(text);
    else this.waiting.set(piece, [text]);
    this.length += text.length;
    if (this.length > this.mostInMemory) await this.flush();
  }

  /** Reads a piece as a whole; the empty text where nothing was added. */
  async read(piece: string): Promise<string> {
    const end = (this.waiting.get(piece) ?? []).join("");
    return this.onDisk.has(piece) ? (await readFile(this.fileOf(piece), "utf8")) + end : end;
  }

  async remove(): Promise<void> {
    this.waiting.clear();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async flush(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    for (const [piece, texts] of this.waiting) {
      await appendFile(this.fileOf(piece), texts.join(""));
      this.onDisk.add(piece);
    }
    this.waiting.clear();
    this.length = 0;
  }

  private fileOf(piece: string): string {
    return path.join(this.folder, piece);
  }
}
