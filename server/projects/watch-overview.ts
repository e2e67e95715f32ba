import { isUnderWay } from "@/domain/runs/job-status";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { logger } from "../logger";
import { type ProjectOverview, projectOverview } from "./project-overview";

/** An overview is counted at most this often, however much happens. */
const SHORTEST_MILLISECONDS = 2_000;
/** Counting takes at most this part of the time, so that a large project's counts leave the database to others. */
const SHARE_OF_TIME = 1 / 10;
/** While the trainer works, its progress is looked at this often: a worker is another process, which nobody hears here. */
const WORKING_MILLISECONDS = 4_000;
/** What another process changes (a command, an import's job) is seen after this time at the latest. */
const LONGEST_MILLISECONDS = 60_000;

type Watcher = (overview: ProjectOverview) => void;

/** The overview of one project for all pages that watch it: they share one count. */
class SharedOverview {
  private readonly watchers = new Set<Watcher>();
  private latest: ProjectOverview | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isCounting = false;
  private isStale = false;
  /** The time from which on there may be another count. */
  private notBefore = 0;

  constructor(private readonly actor: ProjectActor) {}

  watch(watcher: Watcher): void {
    this.watchers.add(watcher);
    if (this.latest && !this.isStale) watcher(this.latest);
    else if (!this.isCounting) this.countIn(0);
  }

  /** Returns whether anybody still watches. */
  unwatch(watcher: Watcher): boolean {
    this.watchers.delete(watcher);
    if (this.watchers.size > 0) return true;
    clearTimeout(this.timer);
    return false;
  }

  changed(): void {
    this.isStale = true;
    if (!this.isCounting) this.countIn(0);
  }

  private countIn(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.count(), Math.max(milliseconds, this.notBefore - Date.now()));
    this.timer.unref();
  }

  private async count(): Promise<void> {
    this.isCounting = true;
    this.isStale = false; // what happens from here on asks for another count
    const begun = Date.now();
    try {
      const overview = await projectOverview(this.actor);
      const isNews = JSON.stringify(overview) !== JSON.stringify(this.latest);
      this.latest = overview;
      if (isNews) for (const watcher of this.watchers) watcher(overview);
    } catch (error) {
      logger.error({ err: error }, "a project's overview was not counted; it is tried again");
      this.isStale = true;
    }
    const took = Date.now() - begun;
    this.notBefore = Date.now() + Math.max(SHORTEST_MILLISECONDS, took / SHARE_OF_TIME - took);
    this.isCounting = false;
    if (this.watchers.size === 0) return;
    if (this.isStale) this.countIn(0);
    else this.countIn(this.latest && isWorking(this.latest) ? WORKING_MILLISECONDS : LONGEST_MILLISECONDS);
  }
}

const isWorking = ({ generationActive, run }: ProjectOverview): boolean =>
  generationActive !== null || isUnderWay(run.latest?.status ?? "");

const shared = globalThis as typeof globalThis & { tuneloopOverviews?: Map<string, SharedOverview> };
shared.tuneloopOverviews ??= new Map();
const overviews = shared.tuneloopOverviews;

/** Says that something in a project may have changed. It costs nothing where nobody watches the project's overview. */
export function projectChanged(projectId: string): void {
  overviews.get(projectId)?.changed();
}

/**
 * Yields a project's overview, and again whenever it has become another one.
 * @throws DomainError `admin-forbidden`
 */
export async function* watchOverview(actor: ProjectActor, signal: AbortSignal): AsyncGenerator<ProjectOverview, void> {
  const { projectId } = requireAdmin(actor);
  const overview = overviews.get(projectId) ?? new SharedOverview(actor);
  overviews.set(projectId, overview);
  let news: ProjectOverview | undefined;
  let wake: (() => void) | undefined;
  const receive = (next: ProjectOverview) => {
    news = next; // only the newest matters to a page that is slow
    wake?.();
  };
  const stop = () => wake?.();
  signal.addEventListener("abort", stop);
  overview.watch(receive);
  try {
    while (!signal.aborted) {
      const next = news;
      news = undefined;
      if (next) yield next;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (signal.aborted || news) resolve();
        });
    }
  } finally {
    signal.removeEventListener("abort", stop);
    if (!overview.unwatch(receive)) overviews.delete(projectId);
  }
}
