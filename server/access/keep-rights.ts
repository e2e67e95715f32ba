import { DomainError } from "@/domain/errors";
import { ProjectActor } from "./actor";
import { type CurrentUser, readSessionUser } from "./current-user";
import { findMembership } from "./find-membership";

/** How long an answer about somebody's rights is believed, and how often an idle stream asks. */
const BELIEVED_MILLISECONDS = 1_000;
const IDLE_MILLISECONDS = 3_000;

interface Asked {
  at: number;
  answer: Promise<void>;
}

/** What was asked within the last second, for all streams of one person in one project together. */
const asked = new Map<string, Asked>();

/** Looks from time to time whether somebody still has the rights with which a stream began. */
export interface RightsWatch {
  /** @throws DomainError `signed-out`, `project-not-found`, `admin-forbidden` where they have lost them */
  check(): Promise<void>;
}

/**
 * Watches whether a person's session holds, and whether they have kept their role in the project: a stream may live for
 * hours, in which they are removed, demoted or deactivated, or change their password.
 */
export function watchRights(user: CurrentUser, slug: string, actor: ProjectActor): RightsWatch {
  const { role } = ProjectActor.read(actor);
  const key = [user.id, user.sessionVersion, slug, role].join(" ");
  return {
    check() {
      const now = Date.now();
      const known = asked.get(key);
      if (known && now - known.at < BELIEVED_MILLISECONDS) return known.answer;
      const answer = assertRights(user, slug, role);
      asked.set(key, { at: now, answer });
      const forget = () => {
        if (asked.get(key)?.answer === answer) asked.delete(key);
      };
      setTimeout(forget, BELIEVED_MILLISECONDS).unref();
      return answer;
    },
  };
}

async function assertRights(user: CurrentUser, slug: string, role: "admin" | "annotator"): Promise<void> {
  if ((await readSessionUser(user.id, user.sessionVersion)) === null)
    throw new DomainError(
      "signed-out",
      `the session of ${user.id} has ended`,
      "Your session has ended. Please sign in.",
    );
  const present = ProjectActor.read(await findMembership(user.id, slug)).role;
  if (role === "admin" && present !== "admin")
    throw new DomainError(
      "admin-forbidden",
      `${user.id} is ${present} now`,
      "Only an admin of this project may do that.",
    );
}

/**
 * Passes a stream's events on as long as the rights last: they are looked at before every event, and every three seconds
 * where none comes.
 * @param end aborts what the stream waits for, so that it ends as well
 * @throws DomainError as `RightsWatch.check`; whatever the stream throws
 */
export async function* whileAllowed<T>(
  events: AsyncIterable<T>,
  rights: RightsWatch,
  end: AbortController,
): AsyncGenerator<T, void> {
  let loss: { error: unknown } | undefined;
  const look = () =>
    rights.check().catch((error: unknown) => {
      loss ??= { error };
      end.abort();
    });
  const timer = setInterval(() => void look(), IDLE_MILLISECONDS);
  try {
    for await (const event of events) {
      await look();
      if (loss) throw loss.error;
      yield event;
    }
    if (loss) throw loss.error;
  } finally {
    clearInterval(timer);
    end.abort();
  }
}

/** Passes a file's pieces on as long as the rights last, on their way out or in. */
export async function* piecesWhileAllowed<T>(pieces: AsyncIterable<T>, rights: RightsWatch): AsyncGenerator<T, void> {
  for await (const piece of pieces) {
    await rights.check();
    yield piece;
  }
}
