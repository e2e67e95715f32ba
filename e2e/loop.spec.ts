import { readFile } from "node:fs/promises";
import { createFirstAdmin, generateCompletions } from "./support/first-steps";
import { expect, test } from "./support/test";

test.use({ journey: "loop" });

/**
 * The number of comparisons that the admin gives: enough for a run of more than twenty steps, with prompts on both
 * sides of the split.
 */
const COMPARISONS = 24;

test("the loop closes: labels given by hand become a model, and its completions come back to be labelled", async ({
  page,
  instance,
}) => {
  test.setTimeout(420_000);

  const project = await test.step("the first admin, with the demo project", () => createFirstAdmin(page, instance));
  await test.step("the base model writes two completions of each prompt", () =>
    generateCompletions(page, { tokens: 24 }));

  await test.step("comparing by keyboard alone", async () => {
    await page.goto(`${project}/label`);
    const left = page.getByRole("article", { name: "Left completion" });
    await expect(left).toBeVisible();
    expect(await page.content(), "model names stay hidden").not.toContain("tiny");
    for (let done = 0; done < COMPARISONS; done++) {
      const shown = await left.innerText();
      await page.keyboard.press(done % 3 === 0 ? "b" : "a");
      await page.keyboard.press(String((done % 3) + 1));
      await expect(page.getByRole("button", { name: "Submit" })).toBeEnabled();
      await page.keyboard.press("Control+Enter");
      await expect(left).not.toHaveText(shown, { useInnerText: true });
    }
    await expect(page.getByRole("status").filter({ hasText: "All saved" })).toBeVisible();
    await expect(page.getByRole("link", { name: `${COMPARISONS} today` })).toBeVisible();

    // The admin takes the last comparison back and gives it again as a tie, which makes no pair.
    await page.keyboard.press("Control+z");
    await expect(page.getByRole("link", { name: `${COMPARISONS - 1} today` })).toBeVisible();
    await page.keyboard.press("e");
    await expect(page.getByRole("button", { name: "Submit" })).toBeEnabled();
    await page.keyboard.press("Control+Enter");
    await expect(page.getByRole("link", { name: `${COMPARISONS} today` })).toBeVisible();
  });

  await test.step("one button trains; the chart moves while it runs", async () => {
    await page.goto(project);
    await page.getByRole("button", { name: "Train on latest labels" }).first().click();
    const sheet = page.getByRole("dialog", { name: "Train on latest labels" });
    // The comparison that was taken back stays in the ledger.
    await expect(sheet.getByLabel("What will be used")).toContainText(`Labels given${COMPARISONS + 1}`);
    await expect(sheet.getByText("left out: a tie gives no pair")).toBeVisible();
    await expect(sheet.getByText("left out: taken back by its annotator")).toBeVisible();
    await sheet.getByRole("button", { name: "Start training" }).click();
    await page.waitForURL(/\/runs\/[0-9a-f-]+$/);
    const loss = page.getByRole("img", { name: /^Loss, / });
    await expect(loss).toBeVisible({ timeout: 120_000 });
    await expect(page.getByRole("img", { name: /^Loss, ([2-9]\d|\d{3,}) steps/ })).toBeVisible({ timeout: 240_000 });
    await expect(page.getByRole("link", { name: "DPO run 1", exact: true })).toBeVisible({ timeout: 120_000 });
    const checkpoints = page.getByRole("region", { name: "Checkpoints" });
    const newest = checkpoints.getByRole("row").filter({ hasText: "newest" });
    await expect(newest).toContainText("kept");
    await expect(newest.getByRole("link", { name: /^Download the checkpoint after step \d+$/ })).toBeVisible();
    const best = checkpoints.getByRole("row").filter({ hasText: "parameters only" });
    await expect(best.filter({ hasText: "best" })).toHaveCount(1);
  });

  await test.step("the model version and its lineage", async () => {
    await page.getByRole("link", { name: "DPO run 1", exact: true }).click();
    await page.waitForURL(/\/models\/[0-9a-f-]+$/);
    const lineage = page.getByRole("region", { name: "Lineage" });
    await expect(lineage.getByText(/labels of 1 person/)).toBeVisible();
    await lineage.getByRole("link", { name: "dataset version 1" }).click();
    await page.waitForURL(/\/datasets\/[0-9a-f-]+$/);
    await expect(page.getByText("Ada Admin").first()).toBeVisible();
    await page.goBack();
  });

  await test.step("an export is made, and downloaded", async () => {
    const form = page.getByRole("region", { name: "Exports" }).getByRole("listitem", { name: "GGUF Q8_0" });
    await form.getByRole("button", { name: "Export" }).click();
    const link = form.getByRole("link", { name: "model-Q8_0.gguf" });
    await expect(link).toBeVisible({ timeout: 60_000 });
    await expect(form.getByRole("link", { name: "README.md" })).toBeVisible();
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    expect((await readFile(await download.path())).subarray(0, 4).toString()).toBe("GGUF");
  });

  await test.step("the new model beside the old one", async () => {
    await page.getByRole("link", { name: "Playground" }).last().click();
    await page.waitForURL(/\/playground/);
    await page.getByRole("textbox", { name: "Prompt" }).fill("Why is the sky blue?");
    await page.getByRole("button", { name: "Ask both" }).click();
    for (const name of ["Left model", "Right model"])
      await expect(
        page
          .getByRole("region", { name })
          .getByRole("status")
          .filter({ hasText: /^\d+ tokens?/ }),
      ).toBeVisible({ timeout: 120_000 });
    const [left, right] = await Promise.all(
      ["Left model", "Right model"].map((name) => page.getByRole("combobox", { name }).inputValue()),
    );
    expect(left).not.toBe(right);
  });

  await test.step("the next round's tasks exist", async () => {
    await page.goto(project);
    await page.getByRole("button", { name: "Start the next round" }).click();
    await expect(async () => {
      await page.goto(`${project}/tasks`);
      await expect(page.getByRole("row").filter({ hasText: "DPO run 1" }).first()).toBeVisible({ timeout: 2_000 });
    }).toPass({ timeout: 180_000 });
    await page.goto(`${project}/label`);
    await expect(page.getByRole("article", { name: "Left completion" })).toBeVisible();
  });
});
