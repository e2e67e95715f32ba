import fs from "node:fs";
import path from "node:path";
import { expect, type Page } from "@playwright/test";
import axe, { type RunOptions } from "axe-core";

/** A folder for screenshots of every page that is checked, for a person to look at; none by default. */
const SCREENSHOTS = process.env.TUNELOOP_E2E_SCREENSHOTS;

/** The rules to check: all rules in light; in dark only those that a colour can change. */
const CHECKS = {
  light: { resultTypes: ["violations"] },
  dark: { resultTypes: ["violations"], runOnly: ["color-contrast"] },
} satisfies Record<string, RunOptions>;

/** Expects no serious or critical axe finding on the page in its present state, in light and in dark. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  await expectLoaded(page);
  await page.evaluate(axe.source);
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await colorsSettled(page);
    expect(await findings(page, CHECKS[scheme]), `${name} in ${scheme}`).toEqual([]);
    await keepScreenshot(page, `${name} ${scheme}`);
  }
}

/** Expects that at the width of a phone the page does not scroll sideways and axe finds nothing. */
export async function expectFitsPhone(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: 380, height: 800 });
  await expectAccessible(page, `${name} at 380 px`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, `pixels by which ${name} is wider than a phone`).toBeLessThanOrEqual(0);
}

async function expectLoaded(page: Page): Promise<void> {
  await expect(page, "a page that was just gone to gets its title a moment later").toHaveTitle(/\S/);
  // An open dialog hides the page behind it from everybody.
  await expect(page.getByRole("main").or(page.getByRole("dialog")).first()).toBeVisible();
  await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
}

async function findings(page: Page, options: RunOptions): Promise<string[]> {
  const { violations } = await page.evaluate((options) => window.axe.run(document, options), options);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
}

/**
 * Waits until colours have settled: another scheme starts transitions, and a colour measured meanwhile is none of ours.
 */
const colorsSettled = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const finite = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(finite.map((one) => one.finished));
  });

async function keepScreenshot(page: Page, name: string): Promise<void> {
  if (!SCREENSHOTS) return;
  fs.mkdirSync(SCREENSHOTS, { recursive: true });
  const file = `${name.replace(/[^\w.-]+/g, "-")}.png`;
  await page.screenshot({ path: path.join(SCREENSHOTS, file), fullPage: true });
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}
