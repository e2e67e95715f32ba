import { expect, it } from "vitest";
import { nextTask } from "../labels/next-task";
import { submitLabel } from "../labels/submit-label";
import { withdrawLabel } from "../labels/withdraw-label";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";
import { measureQuality } from "./measure-quality";

withTestDatabase();

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
  expect(await measureQuality(actorIn(project.id, ada.id))).toEqual({ kinds: [], pairs: [], annotators: [] });

  await makeComparisonTasks(project, { count: 6, requiredLabels: 3 });
  // The text "second answer to …" is longer than "first answer to …".
  const longer = (completions: { content: string }[]) =>
    completions.findIndex(({ content }) => content.startsWith("second"));
  await labelAll(project.id, ada.id, longer);
  const [taken = ""] = await labelAll(project.id, bob.id, longer);
  await withdrawLabel({ actor: actorIn(project.id, bob.id), labelId: taken });
  await labelAll(project.id, cleo.id, () => 0);

  const { kinds, pairs, annotators } = await measureQuality(actorIn(project.id, ada.id));
  expect(kinds).toMatchObject([{ kind: "comparison", labels: 17, sharedTasks: 6 }]);
  expect(pairs.map(({ names, shared }) => [names.toSorted().join(), shared]).sort()).toEqual([
    ["Ada,Bob", 5],
    ["Ada,Cleo", 6],
    ["Bob,Cleo", 5],
  ]);
  expect(annotators).toMatchObject([
    { name: "Ada", total: 6, counts: { comparison: 6 }, medianSeconds: 1, choseLonger: { count: 6, of: 6 } },
    { name: "Cleo", total: 6, choseLeft: { count: 6, of: 6 } },
    { name: "Bob", total: 5, choseLonger: { count: 5, of: 5 } },
  ]);
});
