import { test as base, expect, type Page } from "@playwright/test";
import { type Instance, startInstance } from "./instance";

/**
 * Records what a page may not do in any journey: throw, write an error to the console (a refused script or style
 * included), or ask another origin for anything.
 */
function watch(page: Page, origin: string, problems: string[]): void {
  page.on("pageerror", (error) => problems.push(`uncaught on ${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console on ${page.url()}: ${message.text()}`);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(data|blob|about):/.test(url)) problems.push(`request to another origin: ${url}`);
  });
}

interface Fixtures {
  /** Patterns of console errors that this test provokes on purpose, e.g. a refused answer of 4xx. */
  expectedProblems: RegExp[];
}

/**
 * `instance` lives as long as the worker; `test.use({ journey: "its-name" })` at the top of a spec gives that file an
 * instance of its own, because another value of a worker's option takes another worker.
 */
export const test = base.extend<Fixtures, { journey: string; instance: Instance }>({
  journey: ["shared", { option: true, scope: "worker" }],
  instance: [
    async ({ journey }, use) => {
      const instance = await startInstance();
      await use(instance);
      if (process.env.TUNELOOP_E2E_OUTPUT) console.log(`--- ${journey}\n${instance.output()}`);
      await instance.stop();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  baseURL: async ({ instance }, use) => use(instance.url),
  expectedProblems: [[], { option: true }],
  page: async ({ page, instance, expectedProblems }, use, testInfo) => {
    const problems: string[] = [];
    watch(page, instance.url, problems);
    await use(page);
    const unexpected = problems.filter((problem) => !expectedProblems.some((pattern) => pattern.test(problem)));
    if (testInfo.status !== testInfo.expectedStatus)
      await testInfo.attach("instance output", { body: instance.output(), contentType: "text/plain" });
    expect(unexpected, "problems on the page").toEqual([]);
  },
});

export { expect };
