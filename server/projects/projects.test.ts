import { describe, expect, it } from "vitest";
import { DEMO_PROJECT } from "@/domain/demo/project";
import { createCaller } from "../api/root";
import { database } from "../database/client";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { importPrompts } from "../testing/test-imports";
import { withTestQueue } from "../testing/test-loop";
import { chooseFirst, makeUser } from "../testing/test-rows";
import { slugOf } from "./slug-of";

withTestDatabase();
withTestQueue();

describe("a project", () => {
  it("begins with its creator as admin, the default base and, if asked for, the demo", async () => {
    const caller = createCaller({ user: await makeUser("Ada", "admin") });
    const { slug } = await caller.projects.create({ name: "Everyday assistant", demo: true });
    const second = await caller.projects.create({ name: "Everyday assistant" });
    expect([slug, second.slug]).toEqual(["everyday-assistant", "everyday-assistant-2"]);

    expect(await caller.projects.get({ project: slug })).toMatchObject({
      role: "admin",
      guidelines: { version: 1, markdown: DEMO_PROJECT.guidelines },
    });
    const overview = await caller.projects.overview({ project: slug });
    expect(overview).toMatchObject({
      prompts: { count: DEMO_PROJECT.prompts.length, withoutCompletions: DEMO_PROJECT.prompts.length },
      model: { count: 1, latest: { name: "smollm2-135m-instruct" } },
      nextAction: { code: "generate", count: DEMO_PROJECT.prompts.length },
    });
    expect(overview.prompts.byTaskType.length).toBeGreaterThanOrEqual(6);
    expect((await caller.projects.overview({ project: second.slug })).nextAction).toEqual({ code: "import_prompts" });
    expect((await caller.projects.list()).map((project) => [project.slug, project.promptCount])).toEqual([
      [second.slug, 0],
      [slug, DEMO_PROJECT.prompts.length],
    ]);
  });

  it("makes slugs of any name", () => {
    expect(["Über-Projekt №1", "日本語", "  --  "].map(slugOf)).toEqual(["uber-projekt-no1", "project", "project"]);
  });

  it("keeps every version of its guidelines", async () => {
    const caller = createCaller({ user: await makeUser("Ada", "admin") });
    const { slug } = await caller.projects.create({ name: "Guidelines" });
    expect(await caller.projects.updateGuidelines({ project: slug, markdown: "# One" })).toEqual({ version: 1 });
    expect(await caller.projects.updateGuidelines({ project: slug, markdown: "# Two" })).toEqual({ version: 2 });
    expect(await caller.projects.updateGuidelines({ project: slug, markdown: "# Two" })).toEqual({ version: 2 });
    expect((await caller.projects.get({ project: slug })).guidelines).toEqual({ version: 2, markdown: "# Two" });
  });
});

describe("the loop from prompts to labels", () => {
  it("makes tasks of different completions, counts what it can't, and moves the next action on", async () => {
    const admin = await makeUser("Ada", "admin");
    const caller = createCaller({ user: admin });
    const { slug: project } = await caller.projects.create({ name: "Loop" });
    const lines = ["One?", "Two?", "Three?"].map((prompt) => JSON.stringify({ prompt, taskType: "qa" })).join("\n");
    const upload = {
      fileName: "p.jsonl",
      format: "jsonl" as const,
      contentBase64: Buffer.from(lines).toString("base64"),
    };
    await importPrompts({ ...upload, actor: actorIn((await caller.projects.get({ project })).id, admin.id) });
    await expect(caller.tasks.create({ project, kind: "comparison", promptIds: "all" })).rejects.toThrow(
      /Generate completions/,
    );

    const page = await caller.prompts.list({ project, limit: 2 });
    expect(page).toMatchObject({ first: { total: 3, isMore: false, taskTypes: [{ name: "qa", count: 3 }] } });
    const rest = await caller.prompts.list({ project, limit: 2, cursor: page.nextCursor });
    const prompts = [...page.rows, ...rest.rows].reverse();
    expect(prompts.map(({ messages }) => messages[0]?.content)).toEqual(["One?", "Two?", "Three?"]);
    expect((await caller.prompts.list({ project, search: "two" })).rows).toHaveLength(1);

    const { id: projectId } = await caller.projects.get({ project });
    const texts = [
      ["yes", "no"],
      ["same", " same "],
      ["a", "b"],
    ];
    await database().completion.createMany({
      data: prompts.flatMap(({ id }, index) =>
        (texts[index] ?? []).map((content) => ({ projectId, promptId: id, origin: "imported" as const, content })),
      ),
    });
    await caller.prompts.archive({ project, promptId: prompts[2]?.id ?? "" });
    const made = await caller.tasks.create({ project, kind: "comparison", promptIds: "all" });
    expect(made).toEqual({ created: 1, skipped: [{ reason: "too_few_distinct_completions", count: 1 }] });
    const again = await caller.tasks.create({ project, kind: "comparison", promptIds: "all" });
    expect(again.skipped).toContainEqual({ reason: "task_exists", count: 1 });
    expect((await caller.projects.overview({ project })).nextAction).toEqual({ code: "label", count: 1 });

    const task = await caller.labels.next({ project });
    if (!task) throw new Error("no task");
    await caller.labels.submit({ project, ...chooseFirst(task) });
    const overview = await caller.projects.overview({ project });
    expect(overview).toMatchObject({
      tasks: { open: 0, stuck: 0, done: 1, total: 1, byKind: [{ kind: "comparison", count: 1 }] },
      labels: { count: 1, today: 1, annotators: 1 },
      nextAction: { code: "train", count: 1 },
    });
    const { rows, counts } = await caller.tasks.list({ project, status: "done" });
    expect(counts).toEqual({ open: 0, done: 1, archived: 0 });
    expect(rows[0]).toMatchObject({ promptText: "One?", labelCount: 1, status: "done" });
    expect((await caller.labels.list({ project })).rows[0]).toMatchObject({
      outcome: `${task.completions[0]?.name} clearly better`,
      annotator: { name: "Ada" },
      taskType: "qa",
    });
    const detail = await caller.prompts.get({ project, promptId: prompts[0]?.id ?? "" });
    expect(detail).toMatchObject({ completionCount: 2, taskCount: 1, labelCount: 1 });
  });
});
