#!/usr/bin/env node
// npm test: runs the set-up, then all checks and tests. Each stage prints its time; the last line counts the tests. A
// stage that is no test run (lint, types, import rules) counts as one failed test if it fails.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ensureBrowser } from "./browser.mjs";
import { ROOT } from "./settings.mjs";
import { reportFailure, setUp } from "./setup.mjs";
import { seconds } from "./steps.mjs";

const slow = process.argv.includes("--slow");
const begun = performance.now();
const reports = fs.mkdtempSync(path.join(os.tmpdir(), "tuneloop-reports-"));
const bin = (name) => path.join(ROOT, "node_modules", ".bin", name);
let passed = 0;
let failed = 0;

/** Runs a command with its output shown at once; resolves to true if it ends well. */
function show(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code === 0));
  });
}

/** Runs a command and resolves with its output. */
function capture(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        output += chunk;
      });
    child.once("error", reject);
    child.once("close", (code) => resolve({ good: code === 0, output }));
  });
}

async function stage(title, work) {
  const start = performance.now();
  console.log(`\n━━ ${title}`);
  const good = await work();
  console.log(`━━ ${title}: ${good ? "passed" : "FAILED"} in ${seconds(start)}`);
  return good;
}

/** Runs a check. Checks only read, so they run side by side; each shows its output when it has ended. */
async function check(title, command, args) {
  const start = performance.now();
  const { good, output } = await capture(bin(command), args);
  console.log(`\n━━ ${title}\n${output.trimEnd()}`);
  console.log(`━━ ${title}: ${good ? "passed" : "FAILED"} in ${seconds(start)}`);
  if (!good) failed++;
}

/** Runs tests that leave a JSON report; a run that ends badly without a failed test in the report counts as one. */
async function tests(title, command, args, env, report, count) {
  let counted = { passed: 0, failed: 0 };
  const good = await stage(title, async () => {
    const ended = await show(bin(command), args, { ...env, ...(slow && { TUNELOOP_SLOW_TESTS: "1" }) });
    if (fs.existsSync(report)) counted = count(JSON.parse(fs.readFileSync(report, "utf8")));
    return ended && counted.failed === 0;
  });
  passed += counted.passed;
  failed += good ? 0 : Math.max(1, counted.failed);
}

function vitest() {
  const report = path.join(reports, "vitest.json");
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  return tests("Unit and integration tests (vitest)", "vitest", args, {}, report, (json) => ({
    passed: json.numPassedTests,
    failed: Math.max(json.numFailedTests, json.testResults.filter(({ status }) => status === "failed").length),
  }));
}

function playwright() {
  const report = path.join(reports, "playwright.json");
  const args = ["test", "--reporter=list,json", "--pass-with-no-tests"];
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: report };
  return tests("Journeys in the browser (Playwright)", "playwright", args, env, report, ({ stats, errors }) => ({
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
  }));
}

try {
  await setUp();
  await ensureBrowser();
  if (!slow) {
    const rules = ["--config", ".dependency-cruiser.cjs", "app", "domain", "server", "trainer", "prisma/seed.ts"];
    await Promise.all([
      check("Lint and format (biome)", "biome", ["check", "--error-on-warnings", "."]),
      check("Types (tsc)", "tsc", ["--noEmit"]),
      check("Import rules (dependency-cruiser)", "depcruise", rules),
    ]);
  }
  await vitest();
  await playwright();
} catch (error) {
  reportFailure(error);
  failed++;
} finally {
  fs.rmSync(reports, { recursive: true, force: true });
}
console.log(`\nIn ${seconds(begun)}:`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
