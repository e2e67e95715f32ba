import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

/**
 * Checks a folder of planted files with the project's rules. The rules must be seen to fail, because a checker that
 * reads nothing passes too.
 */
const root = path.resolve(import.meta.dirname, "..");
let tree: string;

const clean = {
  "domain/labels.ts": 'import { z } from "zod";\nexport const label = z.string();\n',
  "server/find-label.ts": 'import { label } from "@/domain/labels";\nexport const findLabel = () => label;\n',
  "server/api/router.ts": 'import { findLabel } from "../find-label";\nexport const router = { findLabel };\n',
  "trainer/recipe.ts": 'import { label } from "../domain/labels";\nexport const recipe = () => label;\n',
  "trainer/worker.ts": 'import { findLabel } from "../server/find-label";\nexport const worker = findLabel;\n',
  "app/page.tsx":
    'import { router } from "@/server/api/router";\nimport type { findLabel } from "@/server/find-label";\n' +
    "export const page = router;\nexport type Find = typeof findLabel;\n",
};

/** A rule and the files that break it. All are planted at once, each under a name of its own. */
const planted: [rule: string, files: Record<string, string>][] = [
  ["domain-is-pure", { "domain/impure.ts": 'import "../server/find-label";\n' }],
  ["domain-only-zod", { "domain/with-node.ts": 'import "node:fs";\n' }],
  ["server-imports-domain", { "server/trains.ts": 'import "../trainer/recipe";\n' }],
  ["trainer-imports-domain", { "trainer/asks-server.ts": 'import "@/server/find-label";\n' }],
  ["app-sees-server-through-adapters", { "app/asks-server.tsx": 'import "@/server/find-label";\n' }],
  ["app-not-trainer", { "app/trains.tsx": 'import "@/trainer/recipe";\n' }],
  ["nothing-imports-app", { "domain/shows.ts": 'import "@/app/page";\n' }],
  [
    "no-circular",
    {
      "domain/circle.ts": 'import { b } from "./circle-back";\nexport const a = () => b;\n',
      "domain/circle-back.ts": 'import { a } from "./circle";\nexport const b = () => a;\n',
    },
  ],
  [
    "no-circular",
    {
      "domain/type-circle.ts": 'import type { Back } from "./type-circle-back";\nexport type Circle = Back | null;\n',
      "domain/type-circle-back.ts": 'import type { Circle } from "./type-circle";\nexport type Back = Circle[];\n',
    },
  ],
  ["resolvable", { "domain/lost.ts": 'import "./nowhere";\n' }],
];

function write(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(tree, name)), { recursive: true });
    fs.writeFileSync(path.join(tree, name), text);
  }
}

interface Report {
  summary: { violations: { from: string; rule: { name: string } }[]; totalCruised: number };
}

function cruise(folder: string): Report["summary"] {
  const { stdout, stderr } = spawnSync(
    path.join(root, "node_modules/.bin/depcruise"),
    ["--config", ".dependency-cruiser.cjs", "--output-type", "json", "app", "domain", "server", "trainer"],
    { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 },
  );
  if (!stdout.startsWith("{")) throw new Error(stderr);
  return (JSON.parse(stdout) as Report).summary;
}

beforeEach(() => {
  tree = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "tuneloop-rules-")));
  for (const name of [".dependency-cruiser.cjs", "tsconfig.json", "package.json"])
    fs.copyFileSync(path.join(root, name), path.join(tree, name));
  fs.symlinkSync(path.join(root, "node_modules"), path.join(tree, "node_modules"));
  write(clean);
});
afterEach(() => fs.rmSync(tree, { recursive: true }));

test("a tree that keeps the rules passes, and every file of it was read", () => {
  const { violations, totalCruised } = cruise(tree);
  expect(violations).toEqual([]);
  expect(totalCruised).toBeGreaterThanOrEqual(Object.keys(clean).length);
});

test("every planted violation is found, and nothing but the planted files is blamed", () => {
  for (const [, files] of planted) write(files);
  const { violations } = cruise(tree);
  for (const [rule, files] of planted) {
    const found = violations.filter((violation) => violation.rule.name === rule).map(({ from }) => from);
    expect(
      found.filter((from) => from in files).length,
      `${rule} in ${Object.keys(files)[0]} was found in: ${found.join(", ")}`,
    ).toBe(1);
  }
  const blamed = new Set(violations.map(({ from }) => from));
  expect([...blamed].filter((file) => file in clean)).toEqual([]);
});

test("the checker reads every source file of this repository", () => {
  const sources = ["app", "domain", "server", "trainer"].flatMap((folder) =>
    (fs.readdirSync(path.join(root, folder), { recursive: true }) as string[]).filter((name) => /\.tsx?$/.test(name)),
  );
  expect(cruise(root).totalCruised).toBeGreaterThanOrEqual(sources.length);
});
