import { expect, it } from "vitest";
import { rubricSchema, STARTING_RUBRIC } from "@/domain/labels/rubric";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, makeUser } from "../testing/test-rows";
import { getRubric } from "./get-rubric";
import { updateRubric } from "./update-rubric";

withTestDatabase();

it("keeps versions, and makes none where nothing changed", async () => {
  const user = await makeUser("Ada", "admin");
  const project = await makeProject(user);
  const actor = actorIn(project.id, user.id);
  const own = { actor };
  expect(await getRubric(actor)).toBeNull();
  expect(await updateRubric({ ...own, criteria: STARTING_RUBRIC })).toEqual({ version: 1 });
  expect(await updateRubric({ ...own, criteria: STARTING_RUBRIC })).toEqual({ version: 1 });
  expect((await getRubric(actor))?.criteria).toEqual(STARTING_RUBRIC);
  expect(await updateRubric({ ...own, criteria: STARTING_RUBRIC.slice(0, 1) })).toEqual({ version: 2 });
});

it("refuses two criteria of one name and a criterion without five steps", () => {
  const [first] = STARTING_RUBRIC;
  const twice = rubricSchema.safeParse([first, { ...first, name: "helpfulness" }]);
  expect(twice.error?.issues[0]?.message).toMatch(/two criteria are called/);
  expect(rubricSchema.safeParse([{ ...first, steps: ["only one"] }]).success).toBe(false);
});
