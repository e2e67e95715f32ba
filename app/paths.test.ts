import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { paths, pathsOf } from "@/domain/paths";

const ROOT = path.resolve(import.meta.dirname, "..");
const tracked = (...folders: string[]) =>
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", ...folders], {
    cwd: ROOT,
    encoding: "utf8",
  })
    .split("\n")
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && existsSync(path.join(ROOT, file)));

/** An address of ours that is written by hand: a text that begins with the first folder of a route. */
const BY_HAND = /["'`]\/(p|api|login|setup|invite|reset|projects|account|help)(\/|["'`?#])/;

it("finds no address that is written by hand outside of domain/paths.ts", () => {
  const found = tracked("app", "server", "domain")
    .filter((file) => file !== "domain/paths.ts")
    .flatMap((file) =>
      readFileSync(path.join(ROOT, file), "utf8")
        .split("\n")
        .flatMap((line, index) => (BY_HAND.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
    );
  expect(found).toEqual([]);
});

it("would notice one", () => {
  for (const line of ['href="/login"', "`/p/demo/runs`", "redirect('/setup')"]) expect(line).toMatch(BY_HAND);
});

/** Whether the folders of app/ answer an address; groups are folded away and parameters take any name. */
function isRoute(folder: string, names: string[], file: RegExp): boolean {
  const [first, ...rest] = names;
  const entries = readdirSync(folder, { withFileTypes: true });
  if (first === undefined && entries.some((entry) => entry.isFile() && file.test(entry.name))) return true;
  return entries
    .filter((entry) => entry.isDirectory())
    .some(({ name }) => {
      const inner = path.join(folder, name);
      if (name.startsWith("(")) return isRoute(inner, names, file);
      return first !== undefined && (name === first || name.startsWith("[")) && isRoute(inner, rest, file);
    });
}
const namesOf = (address: string) => (address.split(/[?#]/)[0] ?? "").split("/").filter(Boolean);

describe("every address has its page", () => {
  const to = pathsOf("demo");
  const pages = [
    ...[paths.home, paths.projects, paths.account, paths.setup, paths.helpDiagnosis],
    ...[paths.login({ next: "/p/demo" }), paths.invitation("t"), paths.passwordReset("t")],
    ...[to.overview, to.label, to.myLabels, to.correctLabel("1"), to.labels({ annotator: "1" }), to.prompts()],
    ...[to.prompt("1", { label: "2" }), to.generations, to.tasks({ kind: "comparison" }), to.datasets, to.dataset("1")],
    ...[to.runs, to.run("1"), to.runReport("1"), to.compareRuns(["1", "2"]), to.models, to.model("1")],
    ...[to.playground({ left: "1" }), to.settings, to.page(""), to.page("quality")],
  ];
  it.each(pages)("%s", (address) => {
    expect(isRoute(path.join(ROOT, "app"), namesOf(address), /^page\.tsx$/)).toBe(true);
  });

  const downloads = [
    to.files.dataset("1"),
    to.files.model("1"),
    to.files.export("1"),
    to.files.checkpoint("1", "step-000003"),
  ];
  it.each(downloads)("%s/all.tar", (folder) => {
    expect(isRoute(path.join(ROOT, "app"), [...namesOf(folder), "all.tar"], /^route\.ts$/)).toBe(true);
  });

  it("and an address without one is noticed", () => {
    expect(isRoute(path.join(ROOT, "app"), ["p", "demo", "nowhere"], /^page\.tsx$/)).toBe(false);
  });

  it("carries what is asked for as a query", () => {
    expect(paths.login({ next: "/invite?token=a b" })).toBe("/login?next=%2Finvite%3Ftoken%3Da%20b");
    expect(to.tasks({ kind: undefined, status: "open" })).toBe("/p/demo/tasks?status=open");
  });
});
