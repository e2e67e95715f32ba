import type { Page } from "@playwright/test";
import type { LabelKind } from "@/domain/labels/kinds";
import { createFirstAdmin, generateCompletions } from "./support/first-steps";
import { expect, test } from "./support/test";

test.use({ journey: "label-kinds" });

/** Enough records of each kind for a run of its method; some prompts are held out for validation. */
const LABELS_OF_EACH = 9;

test("every kind of label by keyboard alone; then SFT, a reward model, and DPO from the SFT model", async ({
  page,
  instance,
}) => {
  test.setTimeout(600_000);
  const project = await test.step("the first admin", () => createFirstAdmin(page, instance));
  await test.step("completions to judge", () =>
    generateCompletions(page, { tokens: 12, samples: 4, makeTasks: false }));

  await test.step("a rubric, and tasks of three kinds", async () => {
    await page.goto(`${project}/settings`);
    await page.getByRole("button", { name: "Start with helpfulness, accuracy and clarity" }).click();
    await page.getByRole("button", { name: "Save rubric" }).click();
    await expect(page.getByRole("region", { name: "Rubric, version 1" })).toBeVisible();
    for (const kind of ["ranking", "rating", "demonstration"] as const) await makeTasks(page, project, kind);
  });

  let today = 0;
  const submitted = () => expect(page.getByRole("link", { name: `${++today} today` })).toBeVisible();

  await test.step("rankings: pick up, move, tie", async () => {
    await page.goto(`${project}/label?kind=ranking`);
    await expect(page.getByRole("list", { name: "Completions from best to worst" })).toBeVisible();
    const first = () =>
      page
        .getByRole("list", { name: "Completions from best to worst" })
        .getByRole("listitem", { name: /^Completion/ })
        .first();
    await expect(first()).toHaveAccessibleName("Completion A");
    for (let done = 0; done < LABELS_OF_EACH; done++) {
      await press(page, "ArrowDown", "Space", "ArrowUp", "Space");
      await expect(first()).toHaveAccessibleName("Completion B");
      if (done % 3 === 2) await press(page, "ArrowDown", "ArrowDown", "t");
      await press(page, "Control+Enter");
      await submitted();
    }
  });

  await test.step("ratings: a digit for each criterion", async () => {
    await page.goto(`${project}/label?kind=rating`);
    for (let done = 0; done < LABELS_OF_EACH; done++) {
      await expect(page.getByText(/^0 of \d+ scored$/)).toBeVisible();
      const cells = Number(/of (\d+)/.exec(await page.getByText(/^0 of \d+ scored$/).innerText())?.[1]);
      for (let cell = 0; cell < cells; cell++) await press(page, cell < cells / 2 ? "5" : "2");
      await press(page, "Control+Enter");
      await submitted();
    }
  });

  await test.step("demonstrations: typed, sent while typing; the draft outlives the page", async () => {
    await page.goto(`${project}/label?kind=demonstration`);
    const answer = page.getByRole("textbox", { name: "Answer" });
    await expect(answer).toBeFocused();
    await page.keyboard.type("A draft that stays");
    await page.reload();
    await expect(answer).toHaveValue("A draft that stays");
    for (let done = 0; done < LABELS_OF_EACH; done++) {
      await expect(answer).toBeFocused();
      await press(page, "Control+a");
      await page.keyboard.type(`Demonstrated answer number ${done}.`);
      await press(page, "Control+Enter");
      await submitted();
    }
  });

  await test.step("one's own label, corrected", async () => {
    await page.goto(`${project}/label/mine`);
    await page.getByRole("link", { name: "Correct" }).first().click();
    const answer = page.getByRole("textbox", { name: "Answer" });
    await expect(answer).toHaveValue(`Demonstrated answer number ${LABELS_OF_EACH - 1}.`);
    await answer.fill("A better answer.");
    await press(page, "Control+Enter");
    await page.waitForURL(/\/label\/mine$/);
    await expect(page.getByRole("row").filter({ hasText: "A better answer." })).toBeVisible();
    await expect(page.getByRole("row").filter({ hasText: "corrected" })).toHaveCount(1);
  });

  await test.step("SFT, then a reward model, then DPO from the SFT model", async () => {
    await train(page, project, "sft", "tiny");
    await expect(page.getByRole("link", { name: "SFT run 1", exact: true })).toBeVisible({ timeout: 150_000 });
    await train(page, project, "reward", "SFT run 1");
    await expect(page.getByRole("link", { name: "REWARD run 2", exact: true })).toBeVisible({ timeout: 150_000 });
    await train(page, project, "dpo", "SFT run 1");
    await expect(page.getByRole("link", { name: "DPO run 3", exact: true })).toBeVisible({ timeout: 150_000 });
    await page.getByRole("link", { name: "DPO run 3", exact: true }).click();
    const lineage = page.getByRole("region", { name: "Lineage" });
    await expect(lineage.getByRole("listitem")).toHaveCount(3);
    await expect(lineage.getByRole("link", { name: "SFT run 1" })).toBeVisible();
  });
});

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

async function makeTasks(page: Page, project: string, kind: LabelKind): Promise<void> {
  await page.goto(`${project}/tasks`);
  await page.getByRole("button", { name: "Make tasks" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Make tasks" });
  await dialog.getByLabel("Kind").selectOption(kind);
  await dialog.getByRole("button", { name: "Make tasks" }).click();
  await expect(dialog.getByText(/\d+ tasks made/)).toBeVisible();
}

async function train(page: Page, project: string, method: string, base: string): Promise<void> {
  await page.goto(`${project}/runs`);
  await page.getByRole("button", { name: "Train on latest labels" }).first().click();
  const sheet = page.getByRole("dialog", { name: "Train on latest labels" });
  await sheet.getByRole("combobox", { name: "Method" }).selectOption(method);
  await sheet.getByLabel("Start from").selectOption({ label: base });
  await expect(sheet.getByRole("button", { name: "Start training" })).toBeEnabled();
  await sheet.getByRole("button", { name: "Start training" }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]+$/);
}
