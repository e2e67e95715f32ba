import path from "node:path";
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";
import { changed, LISTS, madeUpKind } from "../server/testing/made-up-kind";

/**
 * A made-up kind is laid over the project's files, and the compiler says what else it needs. Nothing is written: the
 * compiler reads the changed files from memory and all others from the disk.
 */
const root = path.resolve(import.meta.dirname, "..");

/**
 * The folders in which label kinds matter: every file in them is checked, except tests (`server/labels/kinds.test.ts`
 * needs an answer of each kind).
 */
const FOLDERS = [
  "domain/labels",
  "domain/quality",
  "domain/tasks",
  "server/labels",
  "server/tasks",
  "server/quality",
  "server/datasets",
  "app/p/[project]/label",
  "app/p/[project]/labels",
  "app/p/[project]/tasks",
];

let options: ts.CompilerOptions;
let host: ts.CompilerHost;
const parsed = new Map<string, ts.SourceFile>();
beforeAll(() => {
  const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), ts.sys.readFile);
  options = { ...ts.parseJsonConfigFileContent(config, ts.sys, root).options, incremental: false, plugins: [] };
  host = ts.createCompilerHost(options);
});

/** The compiler's complaints, by file, about the project with these files in place of its own. */
function complaints(overlay: Record<string, string>): Record<string, string> {
  const over = new Map(Object.entries(overlay).map(([file, text]) => [path.join(root, file), text]));
  const own: ts.CompilerHost = {
    ...host,
    directoryExists: (folder) =>
      [...over.keys()].some((file) => file.startsWith(`${folder}/`)) || ts.sys.directoryExists(folder),
    fileExists: (file) => over.has(file) || host.fileExists(file),
    readFile: (file) => over.get(file) ?? host.readFile(file),
    getSourceFile: (file, version) => {
      const text = over.get(file);
      if (text !== undefined) return ts.createSourceFile(file, text, version);
      const kept = parsed.get(file) ?? host.getSourceFile(file, version);
      if (kept) parsed.set(file, kept);
      return kept;
    },
  };
  const files = FOLDERS.flatMap((folder) =>
    ts.sys.readDirectory(path.join(root, folder), [".ts", ".tsx"], ["**/*.test.ts"]),
  );
  const program = ts.createProgram([...new Set([...files, ...over.keys()])], options, own);
  const found: Record<string, string> = {};
  for (const file of [...files, ...over.keys()])
    for (const { messageText } of program.getSemanticDiagnostics(program.getSourceFile(file)))
      found[path.relative(root, file)] ??= ts.flattenDiagnosticMessageText(messageText, "\n");
  return found;
}

test("a kind in the domain's list alone: the compiler asks for rows and page, and for nothing else", () => {
  const { [LISTS.server]: rows, [LISTS.page]: view, ...others } = complaints(madeUpKind.domain);
  expect(rows).toMatch(/Property 'verdict' is missing/);
  expect(view).toMatch(/Property 'verdict' is missing/);
  expect(others).toEqual({});
}, 300_000);

test("with its six files a kind compiles, and no other file is touched", () => {
  const parts = { ...madeUpKind.domain, ...madeUpKind.server, ...madeUpKind.page };
  expect(Object.keys(parts)).toHaveLength(6);
  expect(complaints(parts)).toEqual({});
}, 300_000);

test("a forgotten part does not compile, in any of the three places", () => {
  const comparison = "app/p/[project]/label/kinds/comparison/comparison-task.tsx";
  const found = complaints({
    ...changed("domain/labels/ranking.ts", "  describe: describeRanking,\n", ""),
    ...changed("server/labels/kinds/rating.ts", "  read,\n", ""),
    ...changed(comparison, ", draftOf: draftOfComparison", ""),
  });
  expect(found["domain/labels/ranking.ts"]).toMatch(/'describe' is missing/);
  expect(found["server/labels/kinds/rating.ts"]).toMatch(/'read' is missing/);
  expect(found[comparison]).toMatch(/'draftOf' is missing/);
}, 300_000);
