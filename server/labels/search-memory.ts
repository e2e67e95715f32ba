import type { LeaseWish, Taken, TaskPlace } from "./lease-task";
import { forgetOpenTasks } from "./open-tasks";

/** A search begins at the front again after this time, so that it finds what was freed behind its place. */
const PLACE_MILLISECONDS = 5 * 60_000;
/** Somebody for whom nothing is left may ask again at once; a search through everything is not made for each time. */
const EXHAUSTED_MILLISECONDS = 5_000;
const RELEASE_MILLISECONDS = 5_000;
const MOST_PEOPLE = 10_000;

interface Remembered {
  last: TaskPlace | null;
  since: number;
  exhaustedAt: number;
}

const people = new Map<string, Remembered>();
const released = new Map<string, number>();

/**
 * What this process remembers of a person's search for tasks. It only saves work: after a restart, or where tasks were made
 * meanwhile, the search is longer and finds the same.
 */
export function searchMemory({ projectId, userId, kind }: LeaseWish) {
  const key = `${projectId} ${userId} ${kind ?? "any kind"}`;
  const remembered = people.get(key);
  const isFresh = remembered && Date.now() - remembered.since < PLACE_MILLISECONDS;
  return {
    last: isFresh ? remembered.last : null,
    /** Remembers where a task was found, and gives its lease. */
    found({ place, taskId, expiresAt }: Taken) {
      if (place) remember({ last: place, since: isFresh ? remembered.since : Date.now(), exhaustedAt: 0 });
      return { taskId, expiresAt };
    },
    isExhausted: () => remembered !== undefined && Date.now() - remembered.exhaustedAt < EXHAUSTED_MILLISECONDS,
    exhausted: () => remember({ last: null, since: Date.now(), exhaustedAt: Date.now() }),
    /** Whether it is time to take back the project's places that have run out. */
    isReleaseDue() {
      if (Date.now() - (released.get(projectId) ?? 0) < RELEASE_MILLISECONDS) return false;
      released.set(projectId, Date.now());
      return true;
    },
  };

  function remember(what: Remembered): void {
    if (people.size >= MOST_PEOPLE) people.clear();
    people.set(key, what);
  }
}

/**
 * Forgets where searches in a project ended and how many tasks are open. Whoever makes, assigns or archives tasks calls it, so
 * that people find them at once.
 */
export function forgetSearches(projectId: string): void {
  forgetOpenTasks(projectId);
  for (const key of people.keys()) if (key.startsWith(`${projectId} `)) people.delete(key);
  released.delete(projectId);
}

/** Lets people who found nothing search again. Whoever frees a task calls it. */
export function taskFreed(projectId: string): void {
  for (const [key, remembered] of people) if (key.startsWith(`${projectId} `)) remembered.exhaustedAt = 0;
}
