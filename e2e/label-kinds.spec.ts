import type { Page } from "@playwright/test";
import type { LabelKind } from "@/domain/labels/kinds";
import { expectAccessible, expectFitsPhone } from "./support/accessibility";
import { createFirstAdmin, generateCompletions, PASSWORD, signIn } from "./support/first-steps";
import { pageRoutes } from "./support/page-routes";
import { expect, test } from "./support/test";

test.use({ journey: "label-kinds" });
// The tests are one story in parts: labels of each kind, models made of them, and every page with something on it.
test.describe.configure({ mode: "serial" });

/** Nine labels give each kind enough records for a run of its method, with some prompts held out for validation. */
const LABELS_OF_EACH = 9;
const PROJECT = "/p/demo-assistant";

test.describe("labels", () => {
  // The journey ends a session on purpose.
  test.use({ expectedProblems: [/status of 401/] });

  test("every kind of label is given by keyboard alone, and one corrected", async ({ page, instance }) => {
    await test.step("the first admin", async () => {
      await page.goto(instance.setupUrl);
      await expectAccessible(page, "setup form");
      expect(await createFirstAdmin(page, instance)).toBe(PROJECT);
    });
    await test.step("completions to judge", () =>
      generateCompletions(page, { tokens: 12, samples: 4, makeTasks: false }));

    await test.step("a rubric, and tasks of every kind", async () => {
      await page.goto(`${PROJECT}/settings`);
      await page.getByRole("button", { name: "Start with helpfulness, accuracy and clarity" }).click();
      await page.getByRole("button", { name: "Save rubric" }).click();
      await expect(page.getByRole("region", { name: "Rubric, version 1" })).toBeVisible();
      for (const kind of ["ranking", "rating", "demonstration"] as const) await makeTasks(page, kind);
    });

    await test.step("comparisons by a template, for chosen people", async () => {
      await page.goto(`${PROJECT}/tasks`);
      const open = page.getByRole("button", { name: "Make tasks" }).first();
      const dialog = page.getByRole("dialog", { name: "Make tasks" });
      await open.click();
      await dialog.getByLabel("Kind").selectOption("comparison");
      await dialog.getByLabel("Only people chosen here").check();
      await expect(dialog.getByRole("button", { name: "Make tasks" })).toBeDisabled();
      await dialog.getByRole("checkbox", { name: "Ada Admin" }).check();
      await dialog.getByLabel("Name of the template").fill("Compare, Ada");
      await dialog.getByRole("button", { name: "Save as template" }).click();
      await expect(page.getByText("Template saved")).toBeVisible();
      await page.reload();
      await open.click();
      await expect(dialog.getByLabel("Everyone in the project")).toBeChecked();
      await dialog.getByLabel("Template", { exact: true }).selectOption("Compare, Ada");
      await expect(dialog.getByRole("checkbox", { name: "Ada Admin" })).toBeChecked();
      await dialog.getByRole("button", { name: "Make tasks" }).click();
      await expect(dialog.getByText(/\d+ tasks made/)).toBeVisible();
      await dialog.getByRole("button", { name: "Close" }).last().click();
      await expect(page.getByRole("row").filter({ hasText: "for Ada Admin" }).first()).toBeVisible();
    });

    let today = 0;
    const submit = async () => {
      await expect(page.getByRole("button", { name: "Submit" })).toBeEnabled();
      await press(page, "Control+Enter");
    };
    const submitted = () => expect(page.getByRole("link", { name: `${++today} today` })).toBeVisible();

    await test.step("rankings: pick up, move, tie", async () => {
      await page.goto(`${PROJECT}/label?kind=ranking`);
      const ranked = page.getByRole("list", { name: "Completions from best to worst" });
      const first = ranked.getByRole("listitem", { name: /^Completion/ }).first();
      for (let done = 0; done < LABELS_OF_EACH; done++) {
        const second = ranked.getByRole("listitem", { name: /^Completion/ }).nth(1);
        const name = (await second.getAttribute("aria-label")) ?? "";
        await press(page, "ArrowDown", "Space", "ArrowUp", "Space");
        await expect(first).toHaveAccessibleName(name);
        if (done % 3 === 2) await press(page, "ArrowDown", "ArrowDown", "t");
        await submit();
        await submitted();
      }
    });

    await test.step("ratings: a digit for each criterion", async () => {
      await page.goto(`${PROJECT}/label?kind=rating`);
      for (let done = 0; done < LABELS_OF_EACH; done++) {
        const progress = page.getByText(/^0 of \d+ scored$/);
        await expect(progress).toBeVisible();
        const cells = Number(/of (\d+)/.exec(await progress.innerText())?.[1]);
        for (let cell = 0; cell < cells; cell++) await press(page, cell < cells / 2 ? "5" : "2");
        await submit();
        await submitted();
      }
    });

    await test.step("demonstrations: typed, sent while typing; the draft outlives the page", async () => {
      await page.goto(`${PROJECT}/label?kind=demonstration`);
      const answer = page.getByRole("textbox", { name: "Answer" });
      await expect(answer).toBeFocused();
      await page.keyboard.type("A draft that stays");
      await page.reload();
      await expect(answer).toHaveValue("A draft that stays");
      for (let done = 0; done < LABELS_OF_EACH; done++) {
        await expect(answer).toBeFocused();
        await press(page, "Control+a");
        await page.keyboard.type(`Demonstrated answer number ${done}.`);
        await submit();
        await submitted();
      }
    });

    await test.step("an answer taken back is there again word for word, and each kind as it was", async () => {
      const undo = page.getByRole("button", { name: "Undo" });
      const answer = page.getByRole("textbox", { name: "Answer" });
      await undo.click();
      await expect(answer).toHaveValue(`Demonstrated answer number ${LABELS_OF_EACH - 1}.`);
      await submit();
      for (const [kind, mark] of [
        ["rating", /^0 of \d+ scored$/],
        ["ranking", /^Put the best one first$/],
      ] as const) {
        await page.goto(`${PROJECT}/label?kind=${kind}`);
        await expect(page.getByText(mark)).toBeVisible();
        if (kind === "rating")
          for (let cell = 0; (await page.getByText(/ scored$/).count()) > 0 && cell < 60; cell++)
            await press(page, "3");
        else await press(page, "o");
        await submit();
        await expect(page.getByText(mark)).toBeVisible();
        await undo.click();
        await expect(page.getByText(mark)).toHaveCount(0);
        await expect(page.getByRole("button", { name: "Submit" })).toBeEnabled();
      }
    });

    await test.step("a browser that keeps nothing, and a session that ends, cost no word", async () => {
      await page.goto(`${PROJECT}/label?kind=demonstration`);
      const answer = page.getByRole("textbox", { name: "Answer" });
      await page.evaluate(() => {
        for (let size = 5_000_000; size > 0; size = Math.floor(size / 2))
          try {
            for (;;) window.localStorage.setItem(`full ${size} ${Math.random()}`, "y".repeat(size));
          } catch {
            // The next one is smaller, until there is no room for anything.
          }
      });
      await answer.fill("Sent from memory. ".repeat(100)); // what was kept of the task before is shorter
      await expect(page.getByText("This browser keeps nothing now")).toBeVisible();
      await submit();
      await expect(answer).toHaveValue("");
      await expect(page.getByText(/waiting to be saved/)).toHaveCount(0);
      await page.evaluate(() => window.localStorage.clear());
      await page.context().clearCookies();
      await answer.fill("Written while the session ended.");
      await submit();
      const dialog = page.getByRole("dialog", { name: "Sign in again" });
      await dialog.getByLabel("Password").fill(PASSWORD);
      await dialog.getByRole("button", { name: "Sign in" }).click();
      await expect(dialog).toHaveCount(0);
      await expect(page.getByText("All saved")).toBeVisible();
      await page.goto(`${PROJECT}/label/mine`);
      for (const text of ["Sent from memory.", "Written while the session ended."])
        await expect(page.getByRole("row").filter({ hasText: text })).toHaveCount(1);
    });

    await test.step("one's own label, corrected", async () => {
      await page.goto(`${PROJECT}/label/mine`);
      await page.getByRole("link", { name: "Correct" }).first().click();
      const answer = page.getByRole("textbox", { name: "Answer" });
      await expect(answer).toHaveValue("Written while the session ended.");
      await answer.fill("A better answer.");
      await press(page, "Control+Enter");
      await page.waitForURL(/\/label\/mine$/);
      await expect(page.getByRole("row").filter({ hasText: "A better answer." })).toBeVisible();
      await expect(page.getByRole("row").filter({ hasText: "corrected" })).toHaveCount(1);
    });
  });
});

test("SFT, then a reward model, then DPO from the SFT model", async ({ page }) => {
  await signIn(page);
  await train(page, "sft", "tiny");
  await expect(page.getByRole("link", { name: "SFT run 1", exact: true })).toBeVisible({ timeout: 150_000 });
  await train(page, "reward", "SFT run 1");
  await expect(page.getByRole("link", { name: "Reward model run 2", exact: true })).toBeVisible({ timeout: 150_000 });
  await train(page, "dpo", "SFT run 1");
  await expect(page.getByRole("link", { name: "DPO run 3", exact: true })).toBeVisible({ timeout: 150_000 });
  await page.getByRole("link", { name: "DPO run 3", exact: true }).click();
  const lineage = page.getByRole("region", { name: "Lineage" });
  await expect(lineage.getByRole("listitem")).toHaveCount(3);
  await expect(lineage.getByRole("link", { name: "SFT run 1" })).toBeVisible();
});

test("runs side by side", async ({ page }) => {
  await signIn(page);
  await page.goto(`${PROJECT}/runs`);
  for (const run of [3, 1]) await page.getByRole("checkbox", { name: `Compare run ${run}` }).check();
  await page.getByRole("link", { name: "Compare 2 runs" }).click();
  await page.waitForURL(/\/runs\/compare\?runs=/);
  await expect(page.getByRole("img", { name: /^Loss: run 3 ends at .+, run 1 ends at/ })).toBeVisible();
  await page.getByLabel("Horizontal axis").selectOption("tokens");
  await expect(page.getByRole("img", { name: /^Loss: run 3 ends at .+, run 1 ends at/ })).toBeVisible();
  const configuration = page.getByRole("region", { name: "Configuration" });
  await expect(configuration.getByRole("row", { name: /^method dpo sft/ })).toBeVisible();
  await expect(configuration.getByRole("row", { name: /^seed/ })).toHaveCount(0);
  await configuration.getByRole("checkbox", { name: /keys with equal values/ }).check();
  await expect(configuration.getByRole("row", { name: /^seed 42 42/ })).toBeVisible();
  await expect(page.getByRole("region", { name: "Figures" }).getByRole("row", { name: /^Loss/ })).toBeVisible();
  await expectAccessible(page, "runs side by side");
});

test("the reward model scores the tasks' completions, and answers in the playground", async ({ page }) => {
  await signIn(page);
  await page.goto(`${PROJECT}/tasks`);
  const scores = page.getByRole("region", { name: "Scores of a reward model" });
  await expect(scores.getByRole("combobox", { name: "Reward model" })).toHaveValue(/^[0-9a-f-]{36}$/);
  await scores.getByRole("button", { name: /^Score [\d,]+ completions with Reward model run 2$/ }).click();
  await expect(scores.getByText(/has scored ([\d,]+) of \1 completions/)).toBeVisible({ timeout: 120_000 });
  await expect(scores.getByText(/% .* of \d+ pairs/).first()).toBeVisible();
  await page.getByRole("button", { name: "Gap" }).click();
  await expect(page.getByRole("columnheader", { name: "Gap" })).toHaveAttribute("aria-sort", "ascending");
  await expect(
    page
      .getByRole("row")
      .nth(1)
      .getByRole("cell", { name: /^-?\d+\.\d\d$/ })
      .first(),
  ).toBeVisible();

  await page.goto(`${PROJECT}/playground`);
  await page.getByRole("textbox", { name: "Prompt" }).fill("Why is the sky blue?");
  await expect(page.getByRole("combobox", { name: "Score answers with" })).not.toHaveValue("");
  await page.getByRole("button", { name: "Ask both" }).click();
  for (const name of ["Left model", "Right model"])
    await expect(page.getByRole("region", { name }).getByRole("status", { name: "Score" })).toHaveText(
      /^-?\d+\.\d\d$/,
      { timeout: 120_000 },
    );
});

test("every page can be read and used by everyone, in light and dark", async ({ page, browser, instance }) => {
  await signIn(page);
  for (const route of pageRoutes()) {
    const address = await addressOf(page, route);
    await page.goto(address);
    await expectAccessible(page, route);
  }
  for (const path of ["/login", "/invite?token=none", "/reset?token=none", "/setup?token=none"]) {
    const stranger = await browser.newPage({ baseURL: instance.url });
    await stranger.goto(path);
    await expectAccessible(stranger, `${path} signed out`);
    await stranger.close();
  }
});

test("an annotator's pages fit a phone", async ({ page }) => {
  await signIn(page);
  const kinds = ["comparison", "ranking", "rating", "demonstration"].map((kind) => `${PROJECT}/label?kind=${kind}`);
  const correct = await addressOf(page, "/p/[project]/label/correct/[label]");
  for (const address of [...kinds, `${PROJECT}/label/mine`, correct, "/account", "/projects"]) {
    await page.goto(address);
    await expectFitsPhone(page, address.replace(/[0-9a-f-]{36}/, "one"));
  }
});

/** The page that lists what a route shows, for routes whose list is not on the page above them. */
const LISTED_ON: Record<string, string> = {
  "/p/[project]/label/correct": "/p/[project]/label/mine",
  "/p/[project]/prompts": "/p/[project]/labels",
};

/**
 * Fills a route with this project and, for anything else that the route names, with the first item that its list links
 * to.
 */
async function addressOf(page: Page, route: string): Promise<string> {
  const [, parent, parameter, rest = ""] = /^(.*)\/\[([^\]]+)\]((?:\/[^[]+)?)$/.exec(route) ?? [];
  const inProject = (text: string) => text.replace("/p/[project]", PROJECT);
  if (!parent || parameter === "project") return inProject(route);
  await page.goto(inProject(LISTED_ON[parent] ?? parent));
  const link = page.locator(`main a[href^="${inProject(parent)}/"]`).first();
  return `${await link.getAttribute("href")}${rest}`;
}

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

async function makeTasks(page: Page, kind: LabelKind): Promise<void> {
  await page.goto(`${PROJECT}/tasks`);
  await page.getByRole("button", { name: "Make tasks" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Make tasks" });
  await dialog.getByLabel("Kind").selectOption(kind);
  await dialog.getByRole("button", { name: "Make tasks" }).click();
  await expect(dialog.getByText(/\d+ tasks made/)).toBeVisible();
}

async function train(page: Page, method: string, base: string): Promise<void> {
  await page.goto(`${PROJECT}/runs`);
  await page.getByRole("button", { name: "Train on latest labels" }).first().click();
  const sheet = page.getByRole("dialog", { name: "Train on latest labels" });
  await sheet.getByRole("combobox", { name: "Method" }).selectOption(method);
  await sheet.getByLabel("Start from").selectOption({ label: base });
  await expect(sheet.getByRole("button", { name: "Start training" })).toBeEnabled();
  await sheet.getByRole("button", { name: "Start training" }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]+$/);
}
