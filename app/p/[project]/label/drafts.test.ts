import { expect, it } from "vitest";
import { BrowserStore } from "@/app/components/browser-store";
import { FakeStorage } from "@/app/components/fake-storage";
import { Drafts } from "./drafts";

const owner = { userId: "ada", project: "demo" };
const serverSaid = (content: string, at = Date.now() + 60_000) => ({ content, savedAt: new Date(at) });

function setUp() {
  const storage = new FakeStorage();
  const store = new BrowserStore(() => storage);
  return { storage, store, drafts: new Drafts(store, owner) };
}

it("belongs to a person, a project and a task", () => {
  const { store, drafts } = setUp();
  drafts.keep("task", "half a thought");
  expect(drafts.open("task", null)?.content).toBe("half a thought");
  expect(drafts.open("other task", null)).toBeNull();
  expect(new Drafts(store, { ...owner, userId: "ben" }).open("task", null)).toBeNull();
  expect(new Drafts(store, { ...owner, project: "other" }).open("task", null)).toBeNull();
});

it("shows nobody a draft that was kept by its task alone", () => {
  const { storage, store } = setUp();
  const taskId = "00000000-0000-7000-8000-000000000001";
  storage.setItem(`tuneloop:draft:${taskId}`, "whose?");
  expect(new Drafts(store, owner).open(taskId, null)).toBeNull();
  expect(storage.length).toBe(0);
});

it("opens with the newer of both browsers' drafts and offers the other", () => {
  const { drafts } = setUp();
  expect(drafts.open("task", serverSaid("there"))).toMatchObject({ content: "there", other: null });
  drafts.keep("task", "here");
  expect(drafts.open("task", serverSaid("there", Date.now() - 60_000))).toEqual({
    content: "here",
    elsewhere: null,
    other: "there",
  });
  expect(drafts.open("task", serverSaid("there"))).toMatchObject({ content: "there", other: "here" });
  expect(drafts.open("task", serverSaid("here"))).toEqual({ content: "here", elsewhere: null, other: null });
});

it("lets the other browser's draft win over one that was saved before it, whatever the clocks say", () => {
  const { drafts } = setUp();
  drafts.keep("task", "here");
  drafts.markSaved("task", "an older state of it");
  expect(drafts.open("task", serverSaid("there", 0))?.content).toBe("here");
  drafts.markSaved("task", "here");
  expect(drafts.open("task", serverSaid("there", 0))).toMatchObject({ content: "there", other: "here" });
});
