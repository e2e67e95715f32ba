import { defineConfig } from "@playwright/test";
import { browserLaunch } from "./scripts/browser.mjs";

/**
 * Journeys against the production build. Every spec file has an instance of its own (support/test.ts): own data folder,
 * ports and database. Two spec files run at a time: they wait for each other's work on two cores, hence patient limits.
 */
export default defineConfig({
  testDir: "e2e",
  testMatch: process.env.TUNELOOP_SLOW_TESTS === "1" ? "**/*.slow.spec.ts" : "**/*.spec.ts",
  testIgnore: process.env.TUNELOOP_SLOW_TESTS === "1" ? [] : "**/*.slow.spec.ts",
  globalSetup: "./e2e/support/global-setup.ts",
  outputDir: "test-results",
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  timeout: 240_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    screenshot: "only-on-failure",
    // Recording takes a quarter of the time; the screenshot and the page's tree tell most.
    trace: process.env.TUNELOOP_E2E_TRACE ? "retain-on-failure" : "off",
    launchOptions: browserLaunch(),
  },
});
