import path from "node:path";
import { defineConfig } from "vitest/config";

/**
 * Tests named `*.slow.test.ts` (chaos, kill-and-resume, the real base model) run only with `npm run test:slow`.
 * Files run in forked processes: libtensorflow and the embedded database do not like to be shared between threads.
 */
const slow = process.env.TUNELOOP_SLOW_TESTS === "1";
const exclude = ["**/node_modules/**", "**/.next/**", "data/**", ...(slow ? [] : ["**/*.slow.test.ts"])];
const globalSetup = "./scripts/vitest-global-setup.mjs";

/** Tests of the trainer that replace modules, choose another backend or count every tensor of their process. */
const ALONE = [
  "trainer/cli/doctor.test.ts",
  "trainer/cli/selftest.test.ts",
  "trainer/engine/wasm.test.ts",
  "trainer/recipes/ppo/capability-recovery.test.ts",
  "trainer/recipes/ppo/memory-modes.test.ts",
];

export default defineConfig({
  resolve: { alias: { "@": path.resolve(import.meta.dirname) } },
  test: {
    pool: "forks",
    maxWorkers: 2,
    testTimeout: slow ? 1_800_000 : 60_000,
    hookTimeout: slow ? 600_000 : 60_000,
    projects: slow
      ? [{ extends: true, test: { name: "slow", include: ["**/*.slow.test.ts"], exclude, globalSetup } }]
      : [
          {
            extends: true,
            // Loading modules takes much of the time of these tests, which keep nothing in them: the files share them.
            test: {
              name: "shared modules",
              include: ["{domain,trainer}/**/*.test.ts"],
              exclude: [...exclude, ...ALONE],
              isolate: false,
            },
          },
          {
            extends: true,
            test: {
              name: "all others",
              include: ["{app,server,scripts,prisma}/**/*.test.{ts,tsx}", ...ALONE],
              exclude,
              globalSetup,
            },
          },
        ],
  },
});
