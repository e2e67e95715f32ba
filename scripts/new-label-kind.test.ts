import path from "node:path";
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";

/**
 * A made-up kind is laid over the project's files, and the compiler says what else it needs. Nothing is written: the
 * compiler reads the changed files from memory and all others from the disk.
 */
const root = path.resolve(import.meta.dirname, "..");
const page = "app/p/[project]/label/kinds";
const DOMAIN_LIST = "domain/labels/kinds.ts";
const SERVER_LIST = "server/labels/kinds.ts";
const PAGE_LIST = `${page}.ts`;
const PRISMA_ENUMS = "generated/prisma/enums.ts";

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

const VERDICT_DOMAIN = `
import { z } from "zod";
import type { KindParts } from "./kind-parts";
export const verdictSchema = z.object({ good: z.boolean() });
export type Verdict = z.infer<typeof verdictSchema>;
export const verdictKind = {
  kind: "verdict",
  name: "Verdict",
  asks: "Is this completion good?",
  completions: { least: 1, most: 1 },
  answer: verdictSchema,
  problem: () => null,
  describe: ({ good }) => (good ? "good" : "not good"),
  convert: (labels) => ({ records: [], used: [], leftOut: labels.map(({ id }) => ({ labelId: id, reason: "tie" })) }),
  agreement: { undefinedBecause: "of the test" },
} satisfies KindParts<"verdict", Verdict>;
`;
const VERDICT_SERVER = `
import type { KindRows } from "./kind-rows";
export const verdictRows = {
  select: { ranking: { select: { rank: true } } },
  insert: async () => ({}),
  read: ({ ranking }) => ({ good: ranking[0]?.rank === 1 }),
  toConvertible: (label) => ({ ...label, kind: "verdict", verdict: { good: true } }),
} satisfies KindRows<"verdict", { ranking: { rank: number }[] }>;
`;
const VERDICT_PAGE = `
import type { KindPage } from "../kind-page";
export const verdictPage = { Task: () => null, draftOf: (verdict) => verdict } satisfies KindPage<"verdict">;
`;

let options: ts.CompilerOptions;
let host: ts.CompilerHost;
const parsed = new Map<string, ts.SourceFile>();
beforeAll(() => {
  const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), ts.sys.readFile);
  options = { ...ts.parseJsonConfigFileContent(config, ts.sys, root).options, incremental: false, plugins: [] };
  host = ts.createCompilerHost(options);
});

const read = (file: string): string => ts.sys.readFile(path.join(root, file)) ?? "";

/** The text of a file with one piece replaced; a piece that does not occur fails the test, not the compiler. */
function changed(file: string, from: string | RegExp, to: string): Record<string, string> {
  const text = read(file);
  const result = text.replace(from, to);
  if (result === text) throw new Error(`${file} has no ${from}`);
  return { [file]: result };
}

/** A list with one more entry, whose module lies at `module`. */
const listed = (file: string, entry: string, name: string, module: string): Record<string, string> => {
  const [[, text] = ["", ""]] = Object.entries(changed(file, /^( {2}ranking: \w+,)$/m, `$1\n  ${entry}: ${name},`));
  return { [file]: `import { ${name} } from "${module}";\n${text}` };
};

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

const inDomain = {
  "domain/labels/verdict.ts": VERDICT_DOMAIN,
  ...listed(DOMAIN_LIST, "verdict", "verdictKind", "./verdict"),
};
const inServer = {
  "server/labels/kinds/verdict.ts": VERDICT_SERVER,
  ...listed(SERVER_LIST, "verdict", "verdictRows", "./kinds/verdict"),
};
const onPage = {
  [`${page}/verdict/verdict-task.tsx`]: VERDICT_PAGE,
  ...listed(PAGE_LIST, "verdict", "verdictPage", "./kinds/verdict/verdict-task"),
};
const inDatabase = changed(PRISMA_ENUMS, "ranking: 'ranking',", "ranking: 'ranking',\n  verdict: 'verdict',");

test("a kind in the domain's list alone: the compiler asks for schema, rows and page", () => {
  const found = complaints(inDomain);
  const { [SERVER_LIST]: rows, [PAGE_LIST]: view, ...others } = found;
  expect(rows).toMatch(/Property 'verdict' is missing/);
  expect(view).toMatch(/Property 'verdict' is missing/);
  // Prisma's own type does not know the made-up kind where a label is written to the database.
  expect(Object.keys(others)).toContain("server/labels/insert-label.ts");
  for (const complaint of Object.values(others))
    expect(complaint).toMatch(/"verdict".*is not assignable to type.*LabelKind/s);
}, 300_000);

test("with all its parts a kind compiles, and no other file is touched", () => {
  expect(complaints({ ...inDomain, ...inServer, ...onPage, ...inDatabase })).toEqual({});
}, 300_000);

test("a forgotten part does not compile, in any of the three places", () => {
  const found = complaints({
    ...changed("domain/labels/ranking.ts", "  describe: describeRanking,\n", ""),
    ...changed("server/labels/kinds/rating.ts", "  read,\n", ""),
    ...changed(`${page}/comparison/comparison-task.tsx`, ", draftOf: draftOfComparison", ""),
  });
  expect(found["domain/labels/ranking.ts"]).toMatch(/'describe' is missing/);
  expect(found["server/labels/kinds/rating.ts"]).toMatch(/'read' is missing/);
  expect(found[`${page}/comparison/comparison-task.tsx`]).toMatch(/'draftOf' is missing/);
}, 300_000);
