import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const SERVER = path.join(import.meta.dirname, "..");
/** The folders whose use cases go through all labels of a project. */
const FOLDERS = ["datasets", "quality", "results", "runs", "scores", "evaluations", "models"];

/**
 * A list in a Prisma condition is spread into parameters, of which PostgreSQL takes 32,767. Each list here has a bound, which
 * stands beside it; what has none is joined in SQL, read in pages, or given to raw SQL as one array.
 */
const BOUNDED = {
  "quality/describe-annotators.ts: ids": "a thousand people at a time",
  "runs/correct-probe.ts: named": "the completions that one probe names",
  "runs/read-reward-report.ts: ids": "the people whom a report names",
};

it("no list of ids without a bound becomes the parameters of a query", () => {
  const found = FOLDERS.flatMap((folder) =>
    readdirSync(path.join(SERVER, folder))
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .flatMap((name) =>
        [...readFileSync(path.join(SERVER, folder, name), "utf8").matchAll(/\{ in: (?!\[|methodOf)(\w+)/g)].map(
          ([, list]) => `${folder}/${name}: ${list}`,
        ),
      ),
  );
  expect(found.sort()).toEqual(Object.keys(BOUNDED).sort());
});
