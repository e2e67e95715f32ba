import path from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

/**
 * The compiler answers a newcomer's question: what is to be written for a training method that does not exist yet? The
 * made-up method stands in no file; the compiler reads it in place of what is on disk.
 */
const ROOT = path.resolve(import.meta.dirname, "..");
const REGISTRY = "domain/runs/methods.ts";
const DESCRIPTION = "domain/runs/methods/made-up.ts";

const WHOLE = `
import { z } from "zod";
import { field } from "../field-meaning";
import { defineRecordMethod } from "./record-method";

const fields = {
  zeta: field(z.number().positive().default(0.5), {
    title: "ζ",
    meaning: "A made-up hyperparameter.",
    group: "method",
    safe: { min: 0.1, max: 1, why: "made up" },
  }),
};

export const madeUp = defineRecordMethod(z.literal("madeUp"), fields, {
  words: { name: "MadeUp", title: "Made up", subject: "MadeUp", suits: "Nothing." },
  learnsFrom: "preference",
  makes: "policy",
  shows: ["records", "pairs", "preferences", "text"],
  learningRate: { full: 1e-6, adapterFactor: 10, range: [1e-7, 1e-5], source: "made up" },
});
`;

it("asks for every part of the description, and then for the recipe alone", () => {
  const parts = ["learningRate", "learnsFrom", "makes", "shows", "words"];
  const lacking = parts.map((part): [string, string] => {
    const text = WHOLE.replace(new RegExp(`^  ${part}: .*\\n`, "m"), "");
    expect(text).not.toBe(WHOLE);
    return [DESCRIPTION.replace("made-up", `without-${part}`), text];
  });
  const files = lacking.map(([file]) => file);
  expect(compile(files, Object.fromEntries(lacking))).toEqual(
    parts.map((part) => expect.stringMatching(new RegExp(`/without-${part}\\.ts: .*'${part}' is missing`))),
  );
  // These files cover the form, the sheet, the command line, the names on the pages and the diagnosis.
  const roots = [
    "trainer/run-training.ts",
    "trainer/cli/program.ts",
    "trainer/pause-on-critical.ts",
    "server/api/runs-router.ts",
    "app/p/[project]/runs/train/train-sheet.tsx",
    "app/p/[project]/runs/run-cells.tsx",
  ];
  expect(compile(roots, { [REGISTRY]: registryWithMadeUp(), [DESCRIPTION]: WHOLE })).toEqual([
    expect.stringMatching(/^trainer\/run-training\.ts: Property 'madeUp' is missing in type .*Recipe/),
  ]);
}, 300_000);

function registryWithMadeUp(): string {
  const text = ts.sys.readFile(path.join(ROOT, REGISTRY)) ?? "";
  const listed = text.replace("sft, reward,", "sft, madeUp, reward,");
  expect(listed).not.toBe(text);
  return `import { madeUp } from "./methods/made-up";\n${listed}`;
}

/** Compiles and gives each complaint with its file. @param texts by file, in place of what is on disk or beside it */
function compile(roots: readonly string[], texts: Readonly<Record<string, string>>): string[] {
  const { config } = ts.readConfigFile(path.join(ROOT, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const host = ts.createCompilerHost({ ...options, noEmit: true, incremental: false });
  const own = new Map(Object.entries(texts).map(([file, text]) => [path.join(ROOT, file), text]));
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => own.has(file) || fileExists(file);
  host.readFile = (file) => own.get(file) ?? readFile(file);
  host.getSourceFile = (file, ...rest) => {
    const text = own.get(file);
    if (text !== undefined) return ts.createSourceFile(file, text, options.target ?? ts.ScriptTarget.ES2022, true);
    return sources.get(file) ?? keep(file, getSourceFile(file, ...rest));
  };
  const ambient = ["next-env.d.ts"];
  const program = ts.createProgram(
    [...roots, ...ambient].map((file) => path.join(ROOT, file)),
    { ...options, noEmit: true, incremental: false },
    host,
  );
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const place = file ? path.relative(ROOT, file.fileName) : "";
    return `${place}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

/** Files that are read from the disk are parsed once. */
const sources = new Map<string, ts.SourceFile>();
function keep(file: string, source: ts.SourceFile | undefined): ts.SourceFile | undefined {
  if (source) sources.set(file, source);
  return source;
}
