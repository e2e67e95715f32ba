import { z } from "zod";
import { type BrowserStore, parseKept } from "@/app/components/browser-store";

const keptSchema = z.object({
  content: z.string(),
  /** When it was written, by this browser's clock. */
  at: z.number(),
  /** The server's copy is the same. */
  isSaved: z.boolean(),
});
type KeptDraft = z.infer<typeof keptSchema>;
export type ServerDraft = { content: string; savedAt: Date };

/** A draft that a page opens with. */
export interface OpenedDraft {
  content: string;
  /** The other browser's draft is the newer one. `written` is when it was saved there. */
  elsewhere: { written: Date } | null;
  /** The older draft where it says something else. */
  other: string | null;
}

/** Unsent work, kept in the browser at each keystroke: by person, project and task, so that nobody gets another's. */
export class Drafts {
  private readonly prefix: string;

  constructor(
    private readonly store: BrowserStore,
    owner: { userId: string; project: string },
  ) {
    this.prefix = `tuneloop:draft:${owner.userId}:${owner.project}:`;
    // An earlier version of the page kept drafts by task alone. Whose they are can't be known, so nobody is shown them.
    for (const key of store.keys("tuneloop:draft:")) if (/^tuneloop:draft:[0-9a-f-]{36}$/.test(key)) store.remove(key);
  }

  read(taskId: string): KeptDraft | null {
    return parseKept(this.store.read(this.prefix + taskId), keptSchema);
  }

  keep(taskId: string, content: string, isSaved = false): void {
    this.store.write(this.prefix + taskId, JSON.stringify({ content, at: Date.now(), isSaved }));
  }

  /** Remembers that the server has this content; what was written after it is not saved yet. */
  markSaved(taskId: string, content: string): void {
    const kept = this.read(taskId);
    if (kept?.content === content) this.store.write(this.prefix + taskId, JSON.stringify({ ...kept, isSaved: true }));
  }

  forget(taskId: string): void {
    this.store.remove(this.prefix + taskId);
  }

  /** Opens a task with the newer of this browser's draft and the server's. */
  open(taskId: string, server: ServerDraft | null): OpenedDraft | null {
    const here = this.read(taskId);
    if (!here) return server && { content: server.content, elsewhere: { written: server.savedAt }, other: null };
    if (!server || server.content === here.content) return { content: here.content, elsewhere: null, other: null };
    // A saved draft that differs from the server's was overtaken by another browser, whatever the clocks say.
    if (!here.isSaved && here.at >= server.savedAt.getTime())
      return { content: here.content, elsewhere: null, other: server.content };
    return { content: server.content, elsewhere: { written: server.savedAt }, other: here.content };
  }
}
