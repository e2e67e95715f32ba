import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "..");
const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");
const tracked = (...patterns: string[]) =>
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", ...patterns], {
    cwd: ROOT,
    encoding: "utf8",
  })
    .split("\n")
    .filter((file) => file !== "" && existsSync(path.join(ROOT, file)));

/** A heading's address, as renderers of Markdown make it. */
const slugOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, "")
    .trim()
    .replace(/\s/g, "-");

describe("the documents", () => {
  it("have a README that can be read in five minutes", () => {
    expect(read("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(110);
  });

  it("link only to what is there", () => {
    const broken = tracked("*.md").flatMap((file) =>
      [...read(file).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(
        ([, link = "", anchor]) => {
          const target = link === "" ? file : path.join(path.dirname(file), link);
          if (!existsSync(path.join(ROOT, target))) return [`${file}: ${link}`];
          if (!anchor || !target.endsWith(".md")) return [];
          const headings = [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => slugOf(heading));
          return headings.includes(anchor) ? [] : [`${file}: ${link}#${anchor}`];
        },
      ),
    );
    expect(broken).toEqual([]);
  });

  it("name in docs/settings.md every variable that an instance reads", () => {
    const settings = read("docs/settings.md");
    // Variables that the scripts pass to one another, or that only the tests set.
    const internal = [
      "TUNELOOP_STARTER",
      "TUNELOOP_PROCESS",
      "TUNELOOP_SLOW_TESTS",
      "TUNELOOP_CHAOS_KILLS",
      "TUNELOOP_CHAOS_LABELS",
    ];
    const sources = tracked("server/*.ts", "trainer/*.ts", "scripts/*.mjs", "app/*.ts", "e2e/*.ts", "*.config.ts")
      .filter((file) => !file.includes(".test."))
      .map(read);
    const own = sources.flatMap((text) => [...text.matchAll(/\bTUNELOOP_[A-Z0-9_]*[A-Z]\b/g)].map(([name]) => name));
    const schema = /const environmentSchema = z\.object\(\{([\s\S]*?)\n\}\);/.exec(read("server/settings.ts"))?.[1];
    const parsed = [...(schema ?? "").matchAll(/^ {2}([A-Z0-9_]+):/gm)].map(([, name]) => name as string);
    expect(parsed.length).toBeGreaterThan(10);
    const missing = [...new Set([...own, ...parsed])]
      .filter((name) => !internal.includes(name))
      .filter((name) => !settings.includes(`\`${name}\``));
    expect(missing).toEqual([]);
  });

  it("say whose a range is: the guide has a name", () => {
    const nameless = tracked("*.md", "*.ts", "*.tsx").filter(
      (file) =>
        file !== "scripts/docs.test.ts" && /\b(?<!post-training )[Gg]uide's (range|learning|batch)/.test(read(file)),
    );
    expect(nameless).toEqual([]);
  });

  it("and the comments begin with a subject of their own, as CONTRIBUTING asks", () => {
    // The words at the beginning of a comment that lean on the line before it.
    const leans =
      /^[ \t]*(?:\/\*\*? |\* @param \S+ |\/\/ )(?:Of (?:it|them|those|these|which)\b|The same\b(?! [a-z]+ (?:of|that|as)\b)|Likewise\b|Also\b|And\b|Else\b|Once (?:a|an|the)\b[^,]*$|As (?:above|before)\b)/;
    expect("  /** Of it, what is open. */").toMatch(leans);
    expect("/** The same for rankings. */").toMatch(leans);
    expect("/** Counts the open tasks of a person. */").not.toMatch(leans);
    const leaning = tracked("*.ts", "*.tsx", "*.mjs")
      .filter((file) => file !== "scripts/docs.test.ts")
      .flatMap((file) => {
        const lines = read(file).split("\n");
        return lines.flatMap((line, at) => {
          const goesOn = /^[ \t]*\/\//.test(line) && /^[ \t]*\/\//.test(lines[at - 1] ?? "");
          return !goesOn && leans.test(line) ? [`${file}:${at + 1} ${line.trim()}`] : [];
        });
      });
    expect(leaning).toEqual([]);
  });
});
