import { describe, expect, it } from "vitest";
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

function memoryStorage() {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
}

function setUp(results: SendResult[], storage = memoryStorage()) {
  const sent: string[] = [];
  const acknowledged: string[] = [];
  const waits: number[] = [];
  const options: OutboxOptions = {
    storage,
    storageKey: "outbox",
    send: async (submission) => {
      sent.push(submission.taskId);
      return results.shift() ?? { ok: true, acknowledgement: { labelId: uuid(999) } };
    },
    wait: async (milliseconds) => void waits.push(milliseconds),
    onChange: () => undefined,
    onAcknowledged: (submission) => void acknowledged.push(submission.taskId),
  };
  return { outbox: new Outbox(options), options, sent, acknowledged, waits, storage };
}

const lost: SendResult = { ok: false, refused: false, message: "network" };

describe("the outbox", () => {
  it("stores an answer before it is sent and forgets it after the acknowledgement", async () => {
    const { outbox, storage, acknowledged } = setUp([]);
    outbox.add(answer(1));
    expect(storage.values.get("outbox")).toContain(uuid(1));
    await outbox.flush();
    expect(storage.values.has("outbox")).toBe(false);
    expect(acknowledged).toEqual([uuid(1)]);
  });

  it("tries again, waiting longer each time, and keeps the order", async () => {
    const { outbox, sent, waits } = setUp([lost, lost, lost]);
    outbox.add(answer(1));
    outbox.add(answer(2));
    await outbox.flush();
    expect(sent).toEqual([uuid(1), uuid(1), uuid(1), uuid(1), uuid(2)]);
    expect(waits).toEqual([500, 1000, 2000]);
  });

  it("survives a closed tab: a new outbox on the same storage sends what was left", async () => {
    const storage = memoryStorage();
    const never = setUp([], storage);
    never.options.send = () => new Promise(() => undefined);
    new Outbox(never.options).add(answer(1));
    const { outbox, sent } = setUp([], storage);
    expect(outbox.pending).toHaveLength(1);
    await outbox.flush();
    expect(sent).toEqual([uuid(1)]);
  });

  it("leaves alone what another tab has stored meanwhile, and sends it along", async () => {
    const storage = memoryStorage();
    const offline = setUp([], storage);
    offline.options.send = () => new Promise(() => undefined);
    const other = new Outbox(offline.options);
    const { outbox, sent } = setUp([], storage);
    other.add(answer(1));
    outbox.add(answer(2));
    expect(storage.values.get("outbox")).toContain(uuid(1));
    await outbox.flush();
    expect(sent).toEqual([uuid(1), uuid(2)]);
    expect(storage.values.has("outbox")).toBe(false);
  });

  it("keeps a refused answer with its reason and goes on with the others", async () => {
    const { outbox, acknowledged } = setUp([{ ok: false, refused: true, message: "The task is archived." }]);
    outbox.add(answer(1));
    outbox.add(answer(2));
    await outbox.flush();
    expect(outbox.pending).toEqual([{ submission: answer(1), refusal: "The task is archived." }]);
    expect(acknowledged).toEqual([uuid(2)]);
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
    gate.open?.({ ok: true, acknowledgement: { labelId: uuid(999) } });
    await outbox.flush();
    expect(outbox.pending).toEqual([]);
    expect(outbox.takeBack(uuid(101))).toBe(false);
  });

  it("does not throw away a stored outbox that it cannot read", () => {
    const storage = memoryStorage();
    storage.setItem("outbox", "{broken");
    expect(setUp([], storage).outbox.pending).toEqual([]);
    expect(storage.values.get("outbox:unreadable")).toBe("{broken");
  });
});
