import path from "node:path";
import { defineConfig } from "vitest/config";

/**
 * Tests named `*.slow.test.ts` (chaos, kill-and-resume, the real base model) run only with `npm run test:slow`.
 * Files run in forked processes: libtensorflow and the embedded database do not like to be shared between threads.
 */
const slow = process.env.TUNELOOP_SLOW_TESTS === "1";

export default defineConfig({
  resolve: { alias: { "@": path.resolve(import.meta.dirname) } },
  test: {
    include: slow ? ["**/*.slow.test.ts"] : ["{app,domain,server,trainer,scripts,prisma}/**/*.test.{ts,tsx}"],
    exclude: ["**/node_modules/**", "**/.next/**", "data/**", ...(slow ? [] : ["**/*.slow.test.ts"])],
    globalSetup: "./scripts/vitest-global-setup.mjs",
    pool: "forks",
    maxWorkers: 2,
    testTimeout: slow ? 1_800_000 : 60_000,
    hookTimeout: slow ? 600_000 : 60_000,
  },
});
