import { expect, type Page } from "@playwright/test";
import type { Instance } from "./instance";

export const PASSWORD = "a long enough password";

/** Becomes the first admin, with the demo project. Returns the project's path. */
export async function createFirstAdmin(page: Page, instance: Instance): Promise<string> {
  await page.goto(instance.setupUrl);
  await page.getByLabel("Your name").fill("Ada Admin");
  await page.getByLabel("Email").fill("ada@example.test");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL(/\/p\/[^/]+$/);
  return new URL(page.url()).pathname;
}

/** Signs the first admin in again, in a browser that does not know them yet. */
export async function signIn(page: Page): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("Email").fill("ada@example.test");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/p\/[^/]+$/);
}

/** Generates completions of every prompt with the base model, from the overview. */
export async function generateCompletions(
  page: Page,
  { tokens, samples = 2, makeTasks = true }: { tokens: number; samples?: number; makeTasks?: boolean },
): Promise<void> {
  await page.getByRole("region", { name: "Next step" }).getByRole("button", { name: "Generate completions" }).click();
  const sheet = page.getByRole("dialog", { name: "Generate completions" });
  await sheet.getByLabel("Completions of each prompt").fill(String(samples));
  await sheet.getByLabel("Maximum tokens").fill(String(tokens));
  await sheet.getByLabel("Temperature").fill("1");
  // With another seed a completion may come out without text, and its prompt without a task.
  await sheet.getByLabel("Seed").fill("1");
  await sheet.getByRole("checkbox", { name: "Make comparison tasks from the completions" }).setChecked(makeTasks);
  await sheet.getByRole("button", { name: "Generate" }).click();
  await expect(sheet.getByText("completed", { exact: true })).toBeVisible({ timeout: 180_000 });
  await sheet.getByRole("button", { name: "Close", exact: true }).last().click();
}
