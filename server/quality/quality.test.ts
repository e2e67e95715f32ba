import { expect, it } from "vitest";
import { database } from "../database/client";
import { exclude } from "../datasets/exclude";
import { nextTask } from "../labels/next-task";
import { submitLabel } from "../labels/submit-label";
import { withdrawLabel } from "../labels/withdraw-label";
import { archivePrompt } from "../prompts/archive-prompt";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";
import { listPairs, readQuality } from "./read-quality";

withTestDatabase();

const namesOf = (people: { name: string }[]) =>
  people
    .map(({ name }) => name)
    .sort()
    .join();

/** Labels every task of the person's queue: `pick` chooses among the completions as they stand on the page. */
async function labelAll(
  projectId: string,
  userId: string,
  pick: (completions: { id: string; content: string }[]) => number,
): Promise<string[]> {
  const actor = actorIn(projectId, userId);
  const ids: string[] = [];
  for (;;) {
    const task = await nextTask({ actor, exclude: [] });
    if (!task) return ids;
    const ordered = pick(task.completions) === 0 ? task.completions : [...task.completions].reverse();
    const submission = {
      ...chooseFirst({ taskId: task.taskId, completions: ordered }),
      shownOrder: task.completions.map(({ id }) => id),
    };
    ids.push((await submitLabel({ actor, submission })).labelId);
  }
}

it("measures agreement and each person's habits on labels that count", async () => {
  const ada = await makeUser("Ada");
  const bob = await makeUser("Bob");
  const cleo = await makeUser("Cleo");
  const project = await makeProject(ada, [bob, cleo]);
  const actor = actorIn(project.id, ada.id);
  expect(await readQuality(actor)).toMatchObject({ kinds: [], pairs: 0, annotators: [], labels: 0, isCurrent: true });

  await makeComparisonTasks(project, { count: 6, requiredLabels: 3 });
  // The text "second answer to …" is longer than "first answer to …".
  const longer = (completions: { content: string }[]) =>
    completions.findIndex(({ content }) => content.startsWith("second"));
  await labelAll(project.id, ada.id, longer);
  const [taken = ""] = await labelAll(project.id, bob.id, longer);
  const withdrawn = await database().label.findUniqueOrThrow({ where: { id: taken } });
  await withdrawLabel({ actor: actorIn(project.id, bob.id), labelId: taken });
  await labelAll(project.id, cleo.id, () => 0);

  const quality = await readQuality(actor);
  const { kinds, annotators } = quality;
  expect(quality).toMatchObject({ labels: 17, pairs: 3, sparsePairs: 0, isCurrent: true });
  expect(await readQuality(actor)).toEqual(quality); // the result is kept
  const { rows: pairs } = await listPairs({ actor, order: "shared", limit: 20 });
  expect(kinds).toMatchObject([{ kind: "comparison", labels: 17, sharedTasks: 6 }]);
  expect(pairs.map(({ people, shared }) => [namesOf(people), shared]).sort()).toEqual([
    ["Ada,Bob", 5],
    ["Ada,Cleo", 6],
    ["Bob,Cleo", 5],
  ]);
  expect(annotators).toMatchObject([
    { name: "Ada", total: 6, counts: { comparison: 6 }, medianSeconds: 1, choseLonger: { count: 6, of: 6 } },
    { name: "Cleo", total: 6, choseLeft: { count: 6, of: 6 } },
    { name: "Bob", total: 5, choseLonger: { count: 5, of: 5 } },
  ]);

  const search = await listPairs({ actor, search: "cleo  BOB", order: "lowest", limit: 20 });
  expect(search.rows.map(({ people, kappa }) => [namesOf(people), kappa.n])).toEqual([["Bob,Cleo", 5]]);
  const lowest = await listPairs({ actor, order: "lowest", limit: 1 });
  expect(lowest).toMatchObject({ total: 3, rows: [{ people: expect.anything() }] });

  // What does not count any more counts nowhere: neither in what is converted nor in what the database counts.
  const [bobs] = await database().label.findMany({ where: { annotatorId: bob.id, withdrawal: null } });
  await exclude({ actor, target: { kind: "label", id: bobs?.id ?? "" }, reason: "test" });
  await exclude({ actor, target: { kind: "annotator", id: cleo.id }, reason: "test" });
  const other = await database().prompt.findFirstOrThrow({
    where: { projectId: project.id, tasks: { none: { id: { in: [bobs?.taskId ?? "", withdrawn.taskId] } } } },
  });
  await archivePrompt({ actor, promptId: other.id, archived: true });
  const after = await readQuality(actor);
  expect(after).toMatchObject({ labels: 8, pairs: 1 });
  expect(after.annotators).toMatchObject([
    { name: "Ada", total: 5, choseLeft: { of: 5 }, choseLonger: { count: 5, of: 5 } },
    { name: "Bob", total: 3, choseLeft: { of: 3 }, choseLonger: { count: 3, of: 3 } },
  ]);
});
