import { storableText } from "@/domain/storable-text";
import { HOSTILE_TEXTS } from "../app/testing/text-corpus";
import { apiClient, sessionOverHttp, signInOverHttp } from "./support/api-client";
import { PASSWORD, signIn } from "./support/first-steps";
import { askOverHttp, importFile } from "./support/import-file";
import { expect, test } from "./support/test";

test.use({ journey: "hostile-texts" });

const PROJECT = { project: "demo-assistant" };
/** Prompts and answers have their own limits, above which an import refuses them. */
const MOST_PROMPT_CHARACTERS = 30_000;
const MOST_ANSWER_CHARACTERS = 99_000;

/** The end of a cut may be half of a pair, and an import refuses texts that no database keeps. */
const cut = (text: string, most: number) => storableText(text.slice(0, most));

const texts = HOSTILE_TEXTS.filter(({ text }) => text.trim() !== "");

test("no text closes a page, and every task can be skipped", async ({ instance, page }) => {
  test.setTimeout(1_500_000);
  const account = { email: "ada@example.test", password: PASSWORD };
  await test.step("tasks whose prompts and completions are hostile", async () => {
    const token = new URL(instance.setupUrl).searchParams.get("token") ?? "";
    await apiClient(instance.url).access.createFirstAdmin.mutate({ ...account, token, name: "Ada Admin" });
    const admin = await signInOverHttp(instance.url, account.email, account.password);
    await admin.projects.create.mutate({ name: "Demo assistant" });
    const cookie = await sessionOverHttp(instance.url, account.email, account.password);
    const rows = texts.map(({ text }, index) => ({
      prompt: `${cut(text, MOST_PROMPT_CHARACTERS)}\n\nNumber ${index}`,
      chosen: `${cut(text, MOST_ANSWER_CHARACTERS)}\n\nfirst of ${index}`,
      rejected: `second of ${index}\n\n${cut(text, MOST_ANSWER_CHARACTERS)}`,
    }));
    await importFile(askOverHttp(instance.url, cookie), { ...PROJECT, fileName: "a.jsonl", rows, takeAnswers: true });
    const wish = { kind: "comparison" as const, promptIds: "all" as const, requiredLabels: 1 };
    await admin.tasks.create.mutate({ ...PROJECT, ...wish });
  });

  await signIn(page);
  const failed = page.getByText("This page failed");
  let skipped = 0;
  await test.step("the label page", async () => {
    await page.goto(`/p/${PROJECT.project}/label`);
    const skip = page.getByRole("button", { name: "Skip" });
    const nothing = page.getByText("Nothing left to label");
    for (;;) {
      const completion = page.getByRole("article").first();
      await expect(completion.or(nothing).or(failed).first()).toBeVisible({ timeout: 60_000 });
      await expect(failed).toBeHidden();
      if (await nothing.isVisible()) break;
      const before = await completion.elementHandle();
      await skip.click({ timeout: 60_000 });
      await page.getByRole("dialog").getByRole("button").filter({ hasText: /\w/ }).first().click();
      await before?.waitForElementState("hidden");
      skipped += 1;
    }
  });
  console.log(`${skipped} of ${texts.length} hostile tasks were shown and skipped`);
  expect(skipped).toBeGreaterThanOrEqual(200);

  for (const address of ["prompts", "tasks"])
    await test.step(`the page of ${address}, and each row's own`, async () => {
      await page.goto(`/p/${PROJECT.project}/${address}`);
      const more = page.getByRole("button", { name: /more/i });
      await expect(page.getByRole("row").nth(1).or(page.getByRole("listitem").nth(1)).first()).toBeVisible();
      for (let pages = 0; pages < 10 && (await more.first().isVisible()); pages++) await more.first().click();
      await expect(failed).toBeHidden();
    });
  await test.step("each prompt's own page", async () => {
    const admin = await signInOverHttp(instance.url, account.email, account.password);
    const seen = new Set<string>();
    for (let cursor: string | null = null; ; ) {
      const list: { rows: { id: string }[]; nextCursor: string | null } = await admin.prompts.list.query({
        ...PROJECT,
        cursor,
        limit: 200,
      });
      for (const { id } of list.rows) seen.add(id);
      if (!list.nextCursor) break;
      cursor = list.nextCursor;
    }
    for (const id of seen) {
      await page.goto(`/p/${PROJECT.project}/prompts/${id}`);
      await expect(page.getByText(/first of \d+|Show more|This text/).first()).toBeVisible({ timeout: 60_000 });
      await expect(failed).toBeHidden();
    }
    console.log(`${seen.size} prompts were opened`);
  });
});
