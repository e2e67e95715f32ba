import type { Locator, Page } from "@playwright/test";
import { expectAccessible, expectFitsPhone } from "./support/accessibility";
import { createFirstAdmin, signIn } from "./support/first-steps";
import { askAsPage, importFile } from "./support/import-file";
import { expect, test } from "./support/test";

test.use({ journey: "ppo" });
// The tests are one story in parts: a reward model, a run of PPO with it, and runs that are paused or wait.
test.describe.configure({ mode: "serial" });

const PROJECT = "/p/demo-assistant";
/** None of these prompts is held out, so the reward model gets no report; three of the later ones are held out. */
const PAIRS = 24;
const LATER_PAIRS = 16;

test("one click asks for PPO in a project without a reward model: that is trained first, and PPO goes on by itself", async ({
  page,
  instance,
}) => {
  await createFirstAdmin(page, instance);
  await importPairs(page, { from: 0, count: PAIRS });

  await test.step("the sheet tells of both runs, and when to choose PPO at all", async () => {
    const sheet = await openSheet(page, "ppo");
    const plan = sheet.getByRole("region", { name: "Two runs" });
    await expect(
      plan.getByText(/^Reward model\. Learns from \d+ preference pairs, .*: \d+ optimizer steps/),
    ).toBeVisible();
    await expect(plan.getByText(/Both use dataset version 1, which is frozen now, and start from tiny/)).toBeVisible();
    await sheet.getByText("When PPO, and when DPO").click();
    await expect(sheet.getByText(/Compute is scarce, or rounds should be quick/)).toBeVisible();
    await expectAccessible(page, "train sheet, PPO without a reward model");
    await expectFitsPhone(page, "train sheet, PPO without a reward model");
    await sheet.getByRole("combobox", { name: "Reward model" }).selectOption("none");
    await expect(sheet.getByText("Choose a reward model or a computed reward.")).toBeVisible();
    await sheet.getByRole("combobox", { name: "Reward model" }).selectOption("a new one, trained first");
    await plan.getByRole("button", { name: "Train only the reward model" }).click();
    await expect(sheet.getByRole("combobox", { name: "Method" })).toHaveValue("reward");
  });

  await test.step("a number is changed, and one click right out of its field starts both", async () => {
    const sheet = page.getByRole("dialog", { name: "Train on latest labels" });
    await sheet.getByRole("combobox", { name: "Method" }).selectOption("ppo");
    await expect(sheet.getByRole("region", { name: "Two runs" })).toBeVisible();
    await expect(sheet.getByText(/^\d+ iterations/)).toBeVisible();
    await sheet.getByLabel("Completion length").fill("12");
    await sheet.getByLabel("Completion length").blur();
    await sheet.getByText("Advanced").click();
    await sheet.getByLabel("Score suites every").fill("4");
    await sheet.getByLabel("Least accuracy, math").fill("0.9");
    await sheet.getByLabel("Passes over the prompts").fill("4");
    await sheet.getByRole("button", { name: "Start both runs" }).click();
    await page.waitForURL(/\/runs\/[0-9a-f-]+$/);
    await expect(page.getByRole("heading", { name: "Run 2" })).toBeVisible();
    await expect(page.getByText("Waits for run 1, which makes its reward model.")).toBeVisible();
    await expect(page.getByText("Run 1 has completed: “Reward model run 1” scores the completions.")).toBeVisible({
      timeout: 60_000,
    });
    // The reward model that scores the run.
    await expect(page.getByRole("link", { name: "Reward model run 1", exact: true })).toBeVisible();
  });

  await test.step("what it does can be watched", async () => {
    for (const chart of WATCHED)
      await expect(page.getByRole("img", { name: new RegExp(`^${chart}, \\d+ iterations?\\.`) })).toBeVisible({
        timeout: 60_000,
      });
    await expect(page.getByRole("link", { name: "PPO run 2", exact: true })).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole("img", { name: /^Reward, 8 iterations\. score: from / })).toBeVisible();
    await page.getByRole("button", { name: "Entropy as a table" }).click();
    await expect(page.getByRole("table", { name: /^Entropy/ }).getByRole("row")).toHaveCount(9);
    await page.getByText("More figures").click();
    await expect(page.getByRole("img", { name: /^Diversity, 8 iterations/ })).toBeVisible();
    for (const chart of ["Capability suites", "Losses on other text than the rollouts", "Peak memory"])
      await expect(page.getByRole("img", { name: new RegExp(`^${chart}, `) })).toBeVisible();
    await expect(page.getByText(/^Mathematics fell to .* its practice questions are mixed in\.$/)).toBeVisible();
    const suiteThresholds = { math: 0.9 };
    expect(await configured(page)).toMatchObject({ epochs: 4, maxNewTokens: 12, suitesEvery: 4, suiteThresholds });
  });

  await test.step("its model has both runs in its lineage", async () => {
    await page.getByRole("link", { name: "PPO run 2", exact: true }).click();
    const lineage = page.getByRole("region", { name: "Lineage" });
    await expect(lineage.getByRole("link", { name: "run 2", exact: true })).toBeVisible();
    await expect(
      lineage.getByText(/scored by Reward model run 1, by run 1 on dataset version 1: 24 labels of 1 person/),
    ).toBeVisible();
    await lineage.getByRole("link", { name: "run 1", exact: true }).click();
    await expect(page.getByRole("heading", { name: "Run 1" })).toBeVisible();
  });
});

test.describe("a threshold of a suite", () => {
  test.use({ expectedProblems: [/status of 400/] });
  test("that can't be is refused at its field", async ({ page }) => {
    await signIn(page);
    const sheet = await openSheet(page, "ppo");
    // The form of PPO, no longer that of the method before.
    await expect(sheet.getByText(/^\d+ iterations/)).toBeVisible();
    await sheet.getByText("Advanced").click();
    const least = sheet.getByLabel("Least accuracy, math");
    await least.fill("0.9");
    await least.blur();
    await expect(sheet.getByText(/no suite is scored; this key needs suitesEvery/)).toBeVisible();
    await sheet.getByLabel("Score suites every").fill("4");
    await least.fill("2");
    await least.blur();
    await expect(sheet.getByText(/expected number to be <=1 \(got 2\)/)).toBeVisible();
    await expect(least).toHaveAttribute("aria-invalid", "true");
    await expectAccessible(page, "train sheet, PPO, a threshold refused");
    await least.fill("0.4");
    await least.blur();
    await expect(sheet.getByText(/got 2/)).toBeHidden();
  });
});

test("its rollouts are read, highest reward first, token by token", async ({ page }) => {
  await openRun(page, 2);
  const rollouts = page.getByRole("region", { name: "Rollouts" });
  await expect(rollouts.getByText(/^Iteration 8: \d+ rollouts?, highest reward first/)).toBeVisible();
  const items = rollouts.getByRole("list", { name: "Rollouts" }).getByRole("button");
  const scores = (await items.allInnerTexts()).map((text) => Number(/Score\s*(-?[\d.]+)/.exec(text)?.[1]));
  expect(scores).toEqual(scores.toSorted((one, other) => other - one));
  await items.first().click();
  const tokens = rollouts.getByRole("listbox", { name: "Completion" });
  await expect(tokens.getByRole("option").first()).toHaveAccessibleName(/: advantage -?[\d.e-]+, KL /);
  await rollouts.getByRole("button", { name: "KL", exact: true }).click();
  await expect(rollouts.getByText("log π − log π of the reference, nats")).toBeVisible();
  await expectAccessible(page, "run of PPO");
  await rollouts.getByRole("combobox", { name: "Iteration" }).selectOption("1");
  await expect(rollouts.getByText(/^Iteration 1: /)).toBeVisible();
  await expectFitsPhone(page, "run of PPO");
});

test("its model version answers in the playground", async ({ page }) => {
  await openRun(page, 2);
  await page.getByRole("link", { name: "Try it beside tiny" }).click();
  await page.waitForURL(/\/playground/);
  await page.getByRole("textbox", { name: "Prompt" }).fill("Say something kind.");
  await page.getByRole("button", { name: "Ask both" }).click();
  const answer = page.getByRole("region", { name: "Right model" });
  await expect(answer.getByRole("combobox")).toContainText("PPO run 2");
  await expect(answer.getByRole("status").filter({ hasText: /^\d+ tokens?/ })).toBeVisible({ timeout: 60_000 });
});

test("a paused run waits for a person: its reason, its evidence, going on, and ending it", async ({ page }) => {
  await signIn(page);
  await startWhatPauses(page);
  const run = page.url();
  const goOn = page.getByRole("button", { name: "Continue" });
  await expect(goOn).toBeVisible({ timeout: 60_000 });
  await expect(
    page.getByRole("paragraph").filter({ hasText: /^Paused after step \d+: Learning rate out of range/ }),
  ).toBeVisible();
  await expect(page.getByRole("list", { name: "Problems" }).getByText(/learningRate is 0\.3/)).toBeVisible();

  await page.goto(PROJECT);
  const next = page.getByRole("region", { name: "Next step" });
  await expect(next.getByRole("heading", { name: "Run 3 is paused and waits for you" })).toBeVisible();
  await expectAccessible(page, "overview with a paused run");
  await next.getByRole("link", { name: "Decide how the run goes on" }).click();
  await page.waitForURL(run);
  await expectAccessible(page, "paused run");
  await page.getByRole("link", { name: "diagnosis", exact: true }).click();
  await expect(page).toHaveURL(`${run}#diagnosis`);
  await page.goto("/help/diagnosis"); // the page that "How to read them" links to
  await expect(page.getByRole("heading", { level: 1, name: "Reading a run's diagnosis", exact: true })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "read from" })).toBeVisible();
  await page.goto(run);

  await goOn.click(); // a verdict that has paused the run once does not pause it again
  await expect(page.getByText("The run continues after the pause.")).toBeVisible();
  await expect(page.getByRole("link", { name: "DPO run 3", exact: true })).toBeVisible({ timeout: 60_000 });
});

test("a run that waits says for what, ends with it, and starts again with it", async ({ page }) => {
  await signIn(page);
  // This run keeps the trainer busy, so that the next runs stay where they are.
  const long = await openSheet(page, "dpo");
  await long.getByText("Advanced").click();
  await long.getByLabel("Steps", { exact: true }).fill("100000");
  await start(page, long);
  const busy = page.url();

  const sheet = await openSheet(page, "ppo");
  await sheet.getByRole("combobox", { name: "Reward model" }).selectOption("a new one, trained first");
  await sheet.getByRole("button", { name: "Start both runs" }).click();
  await page.waitForURL((url) => url.href !== busy && /\/runs\/[0-9a-f-]+$/.test(url.pathname));
  const run = page.url();
  await expect(page.getByText("Waiting for run 5, which makes its reward model")).toBeVisible();
  await expectAccessible(page, "waiting run");
  await expectFitsPhone(page, "waiting run");
  await page.goto(`${PROJECT}/runs`);
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: "Run 6", exact: true }) });
  await expect(row.getByText("waiting")).toBeVisible();
  await row.getByRole("link", { name: "run 5", exact: true }).click();

  await expect(page.getByText(/Run 6 \(PPO\) waits for the reward model of this run/)).toBeVisible();
  await page.getByRole("button", { name: "Cancel run" }).click();
  await expect(page.getByText("Cancelled before it began")).toBeVisible();
  await page.goto(run);
  const reason = page
    .getByRole("paragraph")
    .filter({ hasText: /^Run 5, which was to make the reward model, was cancelled/ });
  await expect(reason).toBeVisible();
  await page.getByRole("button", { name: "Run again" }).click();
  await expect(page.getByText("Waiting for run 5, which makes its reward model")).toBeVisible();
  await page.getByRole("button", { name: "Cancel run" }).click();
  await expect(page.getByText("Cancelled before it began")).toBeVisible();
  await page.getByRole("link", { name: "run 5", exact: true }).first().click();
  await page.getByRole("button", { name: "Cancel run" }).click(); // the run had been left alone
  await expect(page.getByText("Cancelled before it began")).toBeVisible();
  await page.goto(busy);
  await page.getByRole("button", { name: "Cancel run" }).click();
  await expect(page.getByText(/^Cancelled at step \d+ of 100000/)).toBeVisible({ timeout: 60_000 });
  // The checkpoint keeps what the run has learned.
  await page.getByRole("button", { name: "Keep the checkpoint as a model" }).click();
  await expect(page.getByRole("link", { name: /^DPO run 4, stopped at step \d+$/ })).toBeVisible({ timeout: 60_000 });
});

test("a run of PPO beside one of DPO: what both report first, the rest in groups", async ({ page }) => {
  await signIn(page);
  await page.goto(`${PROJECT}/runs`);
  for (const run of [2, 3]) await page.getByRole("checkbox", { name: `Compare run ${run}` }).check();
  await page.getByRole("link", { name: "Compare 2 runs" }).click();
  await expect(page.getByRole("img", { name: /^Loss: run \d ends at .+, run \d ends at/ })).toBeVisible();
  const curves = page.getByRole("region", { name: "Curves" });
  await expect(curves.getByRole("img", { name: /^KL per sequence: / })).toBeHidden();
  await curves.getByText(/^Distance from the reference/).click();
  await expect(curves.getByRole("img", { name: /^KL per sequence: run 2 ends at/ })).toBeVisible();
  await page.getByText("More figures").click();
  await expect(page.getByRole("row", { name: /^Peak memory/ })).toBeVisible();
  await expectFitsPhone(page, "runs of two methods side by side");
});

test("a paused run is stopped, and its checkpoint becomes a model version that says so", async ({ page }) => {
  await signIn(page);
  await startWhatPauses(page);
  await page.getByRole("button", { name: "Stop and keep the checkpoint" }).click({ timeout: 60_000 });
  const model = page.getByRole("link", { name: /^DPO run 7, stopped at step \d+$/ });
  await expect(model).toBeVisible({ timeout: 60_000 });
  await expect(
    page.getByText(/^Made of the checkpoint after step \d+ of 40, where the run was stopped\.$/),
  ).toBeVisible();
  await model.click();
  await expect(page.getByRole("region", { name: "Lineage" }).getByText(/stopped at step \d+ of 40, on/)).toBeVisible();
});

test("PPO does not start by itself where held-out pairs can't tell its reward model from chance", async ({ page }) => {
  await signIn(page);
  await importPairs(page, { from: PAIRS, count: LATER_PAIRS });
  const both = await openSheet(page, "ppo");
  await both.getByRole("combobox", { name: "Reward model" }).selectOption("a new one, trained first");
  await expect(both.getByText(/checked on 3 held out/)).toBeVisible();
  await both.getByRole("button", { name: "Start both runs" }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]+$/);
  await expect(page.getByRole("heading", { name: "Run 9" })).toBeVisible();
  const run = page.url();
  const startAnyway = page.getByRole("button", { name: "Start anyway" });
  await expect(startAnyway).toBeVisible({ timeout: 60_000 });
  const reason =
    /^The reward model put \d of 3 held-out pairs in the right order, \d+ % \(\d+–\d+ %\), and so few pairs can't tell/;
  await expect(page.getByRole("paragraph").filter({ hasText: reason })).toBeVisible();
  await expectAccessible(page, "run of PPO that is held back");
  await expectFitsPhone(page, "run of PPO that is held back");
  await page.getByRole("link", { name: "report of run 8" }).click();
  await expect(page.getByRole("heading", { name: "Reward report" })).toBeVisible();
  await page.getByRole("link", { name: "Run 8" }).click();
  await expect(page.getByText("Run 9 (PPO) is paused and waits for your decision.")).toBeVisible();

  const sheet = await openSheet(page, "ppo"); // the form chooses the newest reward model
  await expect(sheet.getByText(reason)).toBeVisible();
  await expectAccessible(page, "train sheet, PPO by a reward model in doubt");
  await sheet.getByRole("combobox", { name: "Reward model" }).selectOption("Reward model run 1");
  await expect(sheet.getByText(reason)).toBeHidden();

  await page.goto(run);
  await startAnyway.click();
  await expect(page.getByText("The run was started although its reward model is in doubt.")).toBeVisible();
  await page.getByRole("button", { name: "Cancel run" }).click();
  await expect(page.getByText(/^Cancelled (at iteration|before it began)/)).toBeVisible({ timeout: 60_000 });
});

const WATCHED = [
  ...["Reward", "KL per sequence", "Entropy", "Clip fraction", "Value: explained variance", "Completion length"],
  ...["KL coefficient β", "Tokens per second"],
];

/** Starts a run whose learning rate is so high that its diagnosis is critical at once. */
async function startWhatPauses(page: Page): Promise<void> {
  const sheet = await openSheet(page, "dpo");
  await sheet.getByLabel("Learning rate", { exact: true }).fill("0.3");
  await sheet.getByText("Advanced").click();
  await sheet.getByLabel("Steps", { exact: true }).fill("40");
  await sheet.getByRole("checkbox", { name: "Pause on a critical diagnosis" }).check();
  await start(page, sheet);
}

async function importPairs(page: Page, { from, count }: { from: number; count: number }): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => ({
    prompt: `Say something kind about the number ${from + index}.`,
    chosen: `The number ${from + index} is a fine one.`,
    rejected: `No. ${from + index}!`,
  }));
  await importFile(askAsPage(page), { project: "demo-assistant", fileName: "pairs.jsonl", rows, takeAnswers: true });
}

async function openSheet(page: Page, method: string): Promise<Locator> {
  await page.goto(`${PROJECT}/runs`);
  await page.getByRole("button", { name: "Train on latest labels" }).first().click();
  const sheet = page.getByRole("dialog", { name: "Train on latest labels" });
  await sheet.getByRole("combobox", { name: "Method" }).selectOption(method);
  return sheet;
}

async function start(page: Page, sheet: Locator): Promise<void> {
  await sheet.getByRole("button", { name: "Start training" }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]+$/);
}

async function openRun(page: Page, number: number): Promise<void> {
  await signIn(page);
  await page.goto(`${PROJECT}/runs`);
  await page.getByRole("link", { name: `Run ${number}`, exact: true }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]+$/);
}

async function configured(page: Page): Promise<Record<string, unknown>> {
  const text = await page.getByRole("region", { name: "Configuration" }).locator("pre").innerText();
  return JSON.parse(text) as Record<string, unknown>;
}
