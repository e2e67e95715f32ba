import path from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { LISTS, madeUpKind } from "./made-up-kind";
import { DESCRIPTION, METHOD_LISTS, madeUpMethod } from "./made-up-method";
import { changed, type Overlay, ROOT } from "./overlay";

/**
 * The compiler answers a newcomer's question: what is to be written for a label kind, or for a training method, that does
 * not exist yet? A made-up one of each is laid over the project's files. Nothing is written: the compiler reads the changed
 * files from memory and all others from the disk. Kind and method share their programs, since each takes seconds.
 */
const KIND_FOLDERS = [
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
/** These files, with what they import, cover the form, the sheet, the command line, the names on pages, the diagnosis. */
const METHOD_ROOTS = [
  "trainer/run-training.ts",
  "trainer/cli/program.ts",
  "trainer/pause-on-critical.ts",
  "server/api/runs-router.ts",
  "app/p/[project]/runs/train/train-sheet.tsx",
  "app/p/[project]/runs/run-cells.tsx",
];

const { config } = ts.readConfigFile(path.join(ROOT, "tsconfig.json"), ts.sys.readFile);
const parsedConfig = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
const options: ts.CompilerOptions = { ...parsedConfig.options, noEmit: true, incremental: false, plugins: [] };
const host = ts.createCompilerHost(options);
/** Files that are read from the disk are parsed once. */
const parsed = new Map<string, ts.SourceFile>();

/**
 * Compiles the project with these files in place of its own.
 * @param files the files that are checked; absent, all of the project that have to do with kinds or methods
 * @returns the first complaint about each file that has one
 */
function complaints(overlay: Overlay, files?: readonly string[]): Record<string, string> {
  const over = new Map(Object.entries(overlay).map(([file, text]) => [path.join(ROOT, file), text]));
  const laid: ts.CompilerHost = {
    ...host,
    directoryExists: (folder) =>
      [...over.keys()].some((file) => file.startsWith(`${folder}/`)) || ts.sys.directoryExists(folder),
    fileExists: (file) => over.has(file) || host.fileExists(file),
    readFile: (file) => over.get(file) ?? host.readFile(file),
    getSourceFile(file, version) {
      const text = over.get(file);
      if (text !== undefined) return ts.createSourceFile(file, text, version);
      const source = parsed.get(file) ?? host.getSourceFile(file, version);
      if (source) parsed.set(file, source);
      return source;
    },
  };
  const ofKinds = KIND_FOLDERS.flatMap((folder) =>
    ts.sys.readDirectory(path.join(ROOT, folder), [".ts", ".tsx"], ["**/*.test.ts"]),
  );
  const roots = [...ofKinds, ...[...METHOD_ROOTS, "next-env.d.ts"].map((file) => path.join(ROOT, file))];
  const program = ts.createProgram([...new Set([...roots, ...over.keys()])], options, laid);
  const own = (file: ts.SourceFile) => !file.isDeclarationFile && !file.fileName.includes("/generated/");
  const checked = files
    ? files.map((file) => program.getSourceFile(path.join(ROOT, file)))
    : program.getSourceFiles().filter(own);
  const found: Record<string, string> = {};
  for (const file of checked)
    for (const { messageText } of program.getSemanticDiagnostics(file))
      found[path.relative(ROOT, file?.fileName ?? "")] ??= ts.flattenDiagnosticMessageText(messageText, " ");
  return found;
}

/** Copies of a file of each place without one of its parts, and descriptions of a method without one of theirs. */
const copyWithout = (file: string, copy: string, part: string): Overlay => ({
  [copy]: changed(file, [part, ""])[file] ?? "",
});
const PAGES = "app/p/[project]/label/kinds/comparison";
const METHOD_PARTS = ["learningRate", "learnsFrom", "makes", "shows", "words"];
const descriptionWithout = (part: string) => `domain/runs/methods/without-${part}.ts`;
const forgotten: Overlay = {
  ...copyWithout("domain/labels/ranking.ts", "domain/labels/without-describe.ts", "  describe: describeRanking,\n"),
  ...copyWithout("server/labels/kinds/rating.ts", "server/labels/kinds/without-read.ts", "  read,\n"),
  ...copyWithout(`${PAGES}/comparison-task.tsx`, `${PAGES}/without-draft.tsx`, ", draftOf: draftOfComparison"),
  ...Object.fromEntries(
    METHOD_PARTS.map((part) => {
      const text = DESCRIPTION.replace(new RegExp(`^  ${part}: .*\\n`, "m"), "");
      if (text === DESCRIPTION) throw new Error(`the made-up method has no ${part}`);
      return [descriptionWithout(part), text];
    }),
  ),
};

test("a kind and a method in the domain's lists alone: the compiler asks for rows, page and recipe, and for forgotten parts", () => {
  const lists = [LISTS.server, LISTS.page, METHOD_LISTS.trainer];
  const overlay = { ...madeUpKind.domain, ...madeUpMethod.domain, ...forgotten };
  expect(complaints(overlay, [...lists, ...Object.keys(forgotten)])).toEqual({
    [LISTS.server]: expect.stringMatching(/Property 'verdict' is missing in type .*KindRows/),
    [LISTS.page]: expect.stringMatching(/Property 'verdict' is missing in type .*KindPage/),
    [METHOD_LISTS.trainer]: expect.stringMatching(/Property 'hinge' is missing in type .*Recipe/),
    "domain/labels/without-describe.ts": expect.stringMatching(/'describe' is missing/),
    "server/labels/kinds/without-read.ts": expect.stringMatching(/'read' is missing/),
    [`${PAGES}/without-draft.tsx`]: expect.stringMatching(/'draftOf' is missing/),
    ...Object.fromEntries(
      METHOD_PARTS.map((part) => [descriptionWithout(part), expect.stringMatching(new RegExp(`'${part}' is missing`))]),
    ),
  });
}, 300_000);

test("with its six files a kind compiles, and a method over pairs with its four; no other file is touched", () => {
  const kind = { ...madeUpKind.domain, ...madeUpKind.server, ...madeUpKind.page };
  const method = { ...madeUpMethod.domain, ...madeUpMethod.trainer };
  expect([kind, method].map((parts) => Object.keys(parts).length)).toEqual([6, 4]);
  expect(complaints({ ...kind, ...method })).toEqual({});
}, 300_000);
