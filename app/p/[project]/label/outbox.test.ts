import { describe, expect, it } from "vitest";
import { BrowserStore } from "@/app/components/browser-store";
import { FakeStorage } from "@/app/components/fake-storage";
import type { LabelSubmission } from "@/domain/labels/submission";
import { Outbox, type OutboxOptions, type SendResult } from "./outbox";

const uuid = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
const answer = (n: number): LabelSubmission => ({
  kind: "comparison",
  taskId: uuid(n),
  idempotencyKey: uuid(100 + n),
  shownOrder: [],
  comparison: { outcome: "tie" },
});
const fine: SendResult = { ok: true, acknowledgement: { labelId: uuid(999) } };
const lost: SendResult = { ok: false, reason: "unreachable", message: "network" };
const broken: SendResult = { ok: false, reason: "failed", message: "The server failed." };

/** An outbox in a time of its own, in which whoever waits the shortest goes on first. */
function setUp(results: SendResult[] | ((submission: LabelSubmission) => SendResult), storage = new FakeStorage()) {
  const sent: string[] = [];
  const acknowledged: { taskId: string; at: number }[] = [];
  const clock = { now: 0 };
  let timers: { at: number; resolve(): void }[] = [];
  const tick = () => {
    timers.sort((a, b) => a.at - b.at);
    const first = timers[0];
    if (!first) return;
    timers = timers.slice(1);
    clock.now = Math.max(clock.now, first.at);
    first.resolve();
  };
  const options: OutboxOptions = {
    store: new BrowserStore(() => storage),
    storageKey: "outbox",
    now: () => clock.now,
    wait: (milliseconds) =>
      new Promise((resolve) => {
        timers.push({ at: clock.now + milliseconds, resolve });
        setTimeout(tick);
      }),
    send: async (submission) => {
      sent.push(submission.taskId);
      return typeof results === "function" ? results(submission) : (results.shift() ?? fine);
    },
    onChange: () => undefined,
    onAcknowledged: ({ taskId }) => void acknowledged.push({ taskId, at: clock.now }),
  };
  return { outbox: new Outbox(options), options, sent, acknowledged, clock, storage };
}
const idsOf = (acknowledged: { taskId: string }[]) => acknowledged.map(({ taskId }) => taskId);

describe("the outbox", () => {
  it("keeps an answer before it is sent and forgets it after the acknowledgement", async () => {
    const { outbox, storage, acknowledged } = setUp([]);
    outbox.add(answer(1));
    expect(storage.getItem(`outbox:${uuid(101)}`)).toContain(uuid(1));
    await outbox.flush();
    expect(storage.length).toBe(0);
    expect(idsOf(acknowledged)).toEqual([uuid(1)]);
  });

  it("waits longer each time while nothing arrives, and keeps the order", async () => {
    const { outbox, sent, clock } = setUp([lost, lost, lost]);
    outbox.add(answer(1));
    outbox.add(answer(2));
    await outbox.flush();
    expect(sent).toEqual([uuid(1), uuid(1), uuid(1), uuid(1), uuid(2)]);
    expect(clock.now).toBeGreaterThanOrEqual(3_500);
  });

  it("lets an answer on which the server fails hold up none behind it", async () => {
    const { outbox, acknowledged } = setUp(({ taskId }) => (taskId === uuid(1) ? broken : fine));
    for (const n of [1, 2, 3]) outbox.add(answer(n));
    void outbox.flush();
    await expect.poll(() => idsOf(acknowledged)).toEqual([uuid(2), uuid(3)]);
    for (const { at } of acknowledged) expect(at).toBeLessThanOrEqual(10_000);
  });

  it("puts such an answer aside after three attempts, says so, and tries it again by itself and when asked", async () => {
    const well = { is: false };
    const { outbox, options, sent, clock } = setUp(() => (well.is ? fine : broken));
    const seen: { aside: string | null | undefined; sent: number; at: number }[] = [];
    options.onChange = ([entry]) => void seen.push({ aside: entry?.aside, sent: sent.length, at: clock.now });
    outbox.add(answer(1));
    const end = outbox.flush();
    const asideAt = () => seen.find(({ aside }) => aside === "The server failed.");
    await expect.poll(() => sent.length).toBeGreaterThan(4);
    expect(asideAt()).toMatchObject({ sent: 3 });
    expect(asideAt()?.at).toBeLessThanOrEqual(10_000);
    expect(clock.now).toBeGreaterThanOrEqual(30_000);
    well.is = true;
    outbox.tryAgain(uuid(101));
    await end;
    expect(outbox.pending).toEqual([]);
  });

  it("goes on with the others while an answer gets no reply", async () => {
    const { outbox, options, acknowledged } = setUp([]);
    const send = options.send;
    options.send = (submission) => (submission.taskId === uuid(1) ? new Promise(() => undefined) : send(submission));
    for (const n of [1, 2, 3]) outbox.add(answer(n));
    await expect.poll(() => idsOf(acknowledged)).toEqual([uuid(2), uuid(3)]);
    for (const { at } of acknowledged) expect(at).toBeLessThanOrEqual(10_000);
    expect(outbox.takeBack(uuid(101))).toBe(false);
  });

  it("survives a closed tab: a new outbox on the same storage sends what was left", async () => {
    const storage = new FakeStorage();
    const never = setUp([], storage);
    never.options.send = () => new Promise(() => undefined);
    new Outbox(never.options).add(answer(1));
    const { outbox, sent } = setUp([], storage);
    expect(outbox.pending).toHaveLength(1);
    await outbox.flush();
    expect(sent).toEqual([uuid(1)]);
  });

  it("leaves alone what another tab has stored meanwhile, and sends it along", async () => {
    const storage = new FakeStorage();
    const offline = setUp([], storage);
    offline.options.send = () => new Promise(() => undefined);
    const { outbox, sent } = setUp([], storage);
    new Outbox(offline.options).add(answer(1));
    outbox.add(answer(2));
    await outbox.flush();
    expect(sent.toSorted()).toEqual([uuid(1), uuid(2)]);
    expect(storage.length).toBe(0);
  });

  it("sends from memory what a full storage does not take, and keeps it once there is room", async () => {
    const storage = new FakeStorage();
    storage.setItem("of another site", "x");
    storage.isFull = true;
    const { outbox, options, acknowledged } = setUp([lost], storage);
    outbox.add(answer(1));
    expect(options.store.isRefusing).toBe(true);
    expect(outbox.pending).toHaveLength(1);
    await outbox.flush();
    expect(idsOf(acknowledged)).toEqual([uuid(1)]);
    expect(options.store.isRefusing).toBe(false);
    options.store.write("a", "kept in memory");
    storage.isFull = false;
    options.store.remove("of another site");
    expect(storage.getItem("a")).toBe("kept in memory");
  });

  it("keeps a refused answer with its reason, goes on with the others, and sends it again when asked", async () => {
    const { outbox, acknowledged } = setUp([{ ok: false, reason: "refused", message: "The task is archived." }]);
    const about = { prompt: "Why?", answer: "Because." };
    outbox.add(answer(1), about);
    outbox.add(answer(2));
    await outbox.flush();
    expect(outbox.pending).toMatchObject([{ submission: answer(1), about, refusal: "The task is archived." }]);
    expect(idsOf(acknowledged)).toEqual([uuid(2)]);
    outbox.tryAgain(uuid(101));
    await outbox.flush();
    expect(idsOf(acknowledged)).toEqual([uuid(2), uuid(1)]);
  });

  it("takes back what has not left, and nothing else", async () => {
    const gate: { open?: (result: SendResult) => void } = {};
    const { options } = setUp([]);
    options.send = () => new Promise((resolve) => (gate.open = resolve));
    const outbox = new Outbox(options);
    outbox.add(answer(1));
    outbox.add(answer(2));
    expect(outbox.takeBack(uuid(101))).toBe(false);
    expect(outbox.takeBack(uuid(102))).toBe(true);
    gate.open?.(fine);
    await outbox.settled(uuid(101));
    await outbox.flush();
    expect(outbox.pending).toEqual([]);
    expect(outbox.takeBack(uuid(101))).toBe(false);
  });

  it("takes over what an earlier version of the page kept, and throws nothing away that it cannot read", async () => {
    const storage = new FakeStorage();
    storage.setItem("outbox", JSON.stringify([{ submission: answer(1), refusal: null }]));
    const { outbox, sent } = setUp([], storage);
    await outbox.flush();
    expect(sent).toEqual([uuid(1)]);
    storage.setItem("outbox", "{broken");
    storage.setItem(`outbox:${uuid(7)}`, "{broken too");
    expect(setUp([], storage).outbox.pending).toEqual([]);
    expect(storage.getItem("outbox:unreadable")).toBe("{broken");
    expect(storage.getItem(`outbox:unreadable:${uuid(7)}`)).toBe("{broken too");
  });
});
