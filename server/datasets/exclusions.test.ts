import { describe, expect, it } from "vitest";
import { createCaller } from "../api/root";
import { nextTask } from "../labels/next-task";
import { submitLabel } from "../labels/submit-label";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";
import { createDatasetVersion } from "./create-dataset-version";

withTestDatabase();

/** Makes three tasks that three people answer alike, except Cy, who always says the opposite. */
async function scene() {
  const ada = await makeUser("Ada");
  const people = [await makeUser("Bo"), await makeUser("Cy"), await makeUser("Di")] as const;
  const row = await makeProject(ada, [...people]);
  await makeComparisonTasks(row, { count: 3, requiredLabels: 3 });
  const labels = [];
  for (const person of people)
    for (let n = 0; n < 3; n++) {
      const task = await nextTask({ actor: actorIn(row.id, person.id), exclude: [] });
      if (!task) throw new Error("no task left");
      const byText = [...task.completions].sort((a, b) => (a.content < b.content ? -1 : 1));
      const liked = person.name === "Cy" ? byText.reverse() : byText;
      const submission = {
        ...chooseFirst({ ...task, completions: liked }),
        shownOrder: task.completions.map((c) => c.id),
      };
      const { labelId } = await submitLabel({ actor: actorIn(row.id, person.id), submission });
      labels.push({ labelId, taskId: task.taskId, person });
    }
  const api = createCaller({ user: ada }).datasets;
  const take = () => createDatasetVersion({ projectId: row.id, userId: ada.id });
  return { ada, people, project: row.slug, labels, api, take };
}

const pairs = ({ pairs: { train, validation } }: { pairs: { train: number; validation: number } }) =>
  train + validation;

describe("an exclusion", () => {
  it.each([
    { kind: "label" as const, reason: "excluded_label", count: 1, targets: (l: { labelId: string }) => l.labelId },
    { kind: "task" as const, reason: "excluded_task", count: 3, targets: (l: { taskId: string }) => l.taskId },
    {
      kind: "annotator" as const,
      reason: "excluded_annotator",
      count: 3,
      targets: (l: { person: { id: string } }) => l.person.id,
    },
  ])("of a $kind keeps it out of versions until it is lifted", async ({ kind, reason, count, targets }) => {
    const { project, labels, api, take, ada } = await scene();
    const label = labels.find(({ person }) => person.name === "Cy");
    if (!label) throw new Error("no label");
    const target = { kind, id: targets(label) };
    const earlier = await take();

    const { before, after } = await api.previewExclusion({ project, target });
    expect(await api.preview({ project })).toMatchObject(before); // a preview changes nothing
    const { exclusionId } = await api.exclude({ project, target, reason: "answers at random" });
    expect(await api.exclude({ project, target, reason: "again" })).toEqual({ exclusionId });
    expect(await api.preview({ project })).toMatchObject(after);
    expect(after.leftOut).toContainEqual({ reason, count });

    const later = await take();
    const detail = (datasetVersionId: string) => api.get({ project, datasetVersionId });
    expect((await detail(later.id)).leftOut).toContainEqual({ reason, count });
    expect((await detail(earlier.id)).usedCount).toBe(before.used);
    expect((await detail(later.id)).usedCount).toBe(after.used);

    expect(await api.exclusions({ project })).toMatchObject([
      {
        id: exclusionId,
        target,
        reason: "answers at random",
        createdBy: { id: ada.id },
        labelCount: count,
        liftedAt: null,
      },
    ]);
    await api.liftExclusion({ project, exclusionId });
    expect(await api.preview({ project })).toMatchObject(before);
    await expect(api.liftExclusion({ project, exclusionId })).rejects.toThrow(/no such exclusion/);

    // An exclusion is lifted and not deleted; its target can be excluded anew.
    await api.exclude({ project, target, reason: "after all" });
    const rows = await api.exclusions({ project });
    expect(rows.map((row) => [row.reason, row.liftedAt !== null])).toEqual([
      ["after all", false],
      ["answers at random", true],
    ]);
  });

  it("shows more than its own labels: with one of three gone, two that differ are an even split", async () => {
    const { project, people, api } = await scene();
    const [bo, cy] = people;
    const of = (id: string) => api.previewExclusion({ project, target: { kind: "annotator", id } });
    const withoutBo = await of(bo.id);
    expect([pairs(withoutBo.before), pairs(withoutBo.after)]).toEqual([3, 0]);
    const withoutCy = await of(cy.id);
    expect([pairs(withoutCy.before), pairs(withoutCy.after)]).toEqual([3, 3]);
    expect(withoutCy.before.leftOut).toContainEqual({ reason: "outvoted", count: 3 });
    expect(withoutCy.after.leftOut).toEqual([{ reason: "excluded_annotator", count: 3 }]);
  });

  it("says what it is of", async () => {
    const { project, labels, api } = await scene();
    const [first] = labels;
    if (!first) throw new Error("no label");
    await api.exclude({ project, target: { kind: "label", id: first.labelId }, reason: "wrong language" });
    await api.exclude({ project, target: { kind: "annotator", id: first.person.id }, reason: "spam" });
    const [person, label] = await api.exclusions({ project });
    expect(person).toMatchObject({ annotator: { name: "Bo" }, prompt: null, outcome: null });
    expect(label).toMatchObject({ annotator: { name: "Bo" }, prompt: { text: expect.stringMatching(/^Question/) } });
    expect(label?.outcome).toMatch(/clearly better/);
  });
});
