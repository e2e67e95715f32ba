import type { Prisma } from "@/generated/prisma/client";
import { database, type Transaction } from "../database/client";
import { logger } from "../logger";

/** Something that is computed from all labels of a project. */
export interface Computation<Content> {
  projectId: string;
  name: string;
  /** A text that is another one whenever the result may be another one. */
  state(tx: Transaction): Promise<string>;
  /** The result, which can be written as JSON. It is computed from one moment. */
  compute(tx: Transaction): Promise<Content>;
}

export interface KeptResult<Content> {
  content: Content;
  computedAt: Date;
  /** False where labels have changed since. */
  isCurrent: boolean;
}

const LONGEST_MILLISECONDS = 1_800_000;
const AT_ONE_MOMENT = { isolationLevel: "RepeatableRead", timeout: LONGEST_MILLISECONDS } as const;

/** What took no longer the last time is waited for. */
const QUICK_MILLISECONDS = 2_000;
/** While labels come all the time, at most this part of the time goes to computing what takes long. */
const SHARE_OF_TIME = 1 / 5;

/** A result with the state that it is of. */
type Computed<Content> = Omit<KeptResult<Content>, "isCurrent"> & { state: string };

interface UnderWay {
  state: string;
  begun: number;
  result: Promise<Computed<unknown>>;
}
const shared = globalThis as typeof globalThis & { tuneloopComputations?: Map<string, UnderWay> };
shared.tuneloopComputations ??= new Map();
const underWay = shared.tuneloopComputations;

const keyOf = ({ projectId, name }: Computation<unknown>): string => `${projectId} ${name}`;

/** Gives the result for the labels as they are now: the kept one where it still holds, a computed one otherwise. */
export async function currentResult<Content>(computation: Computation<Content>): Promise<KeptResult<Content>> {
  const asked = performance.now();
  const state = await database().$transaction((tx) => computation.state(tx));
  const kept = await readKept(computation);
  const { content, computedAt } = kept?.state === state ? kept : await compute(computation, state, asked);
  return { content, computedAt, isCurrent: true }; // of this state, or of labels that came since
}

/**
 * Gives the current result where it is kept or quickly computed; otherwise the last one, marked as not current, while the
 * new one is computed. Only where there is none does it wait for long.
 */
export async function recentResult<Content>(computation: Computation<Content>): Promise<KeptResult<Content>> {
  const asked = performance.now();
  const state = await database().$transaction((tx) => computation.state(tx));
  const kept = await readKept(computation);
  if (!kept || kept.state === state) return given(kept ?? (await compute(computation, state, asked)), state);
  if (kept.milliseconds <= QUICK_MILLISECONDS) return given(await compute(computation, state, asked), state);
  const age = Date.now() - kept.computedAt.getTime();
  // Whoever looks again and again while labels come must not make a queue of computations.
  if (!underWay.has(keyOf(computation)) && age >= kept.milliseconds / SHARE_OF_TIME)
    compute(computation, state, asked).catch((err) =>
      logger.error({ err, name: computation.name }, "a result over all labels was not computed"),
    );
  return given(kept, state);
}

const given = <Content>({ content, computedAt, state }: Computed<Content>, wanted: string): KeptResult<Content> => ({
  content,
  computedAt,
  isCurrent: state === wanted,
});

async function readKept<Content>({
  projectId,
  name,
}: Computation<Content>): Promise<(Computed<Content> & { milliseconds: number }) | null> {
  const row = await database().keptResult.findUnique({ where: { projectId_name: { projectId, name } } });
  return row && { ...row, content: row.content as Content };
}

/** Computes a result; whoever asks for the same before the computation has begun, or of the same state, gets the same. */
async function compute<Content>(
  computation: Computation<Content>,
  state: string,
  asked: number,
): Promise<Computed<Content>> {
  const key = keyOf(computation);
  for (;;) {
    const other = underWay.get(key);
    if (!other) break;
    if (other.state === state || other.begun >= asked) return other.result as Promise<Computed<Content>>;
    await other.result.catch(() => undefined); // whoever began it hears of the failure
  }
  const result = computeAndKeep(computation).finally(() => underWay.delete(key));
  underWay.set(key, { state, begun: performance.now(), result });
  return result;
}

async function computeAndKeep<Content>(computation: Computation<Content>): Promise<Computed<Content>> {
  const { projectId, name } = computation;
  const computedAt = new Date();
  const { content, state } = await database().$transaction(
    async (tx) => ({ state: await computation.state(tx), content: await computation.compute(tx) }),
    AT_ONE_MOMENT,
  );
  const columns = {
    ...{ state, computedAt, milliseconds: Date.now() - computedAt.getTime() },
    content: content as Prisma.InputJsonValue,
  };
  await database().keptResult.upsert({
    where: { projectId_name: { projectId, name } },
    create: { projectId, name, ...columns },
    update: columns,
  });
  return { content, computedAt, state };
}
