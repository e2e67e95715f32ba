import { listed, type Overlay } from "./overlay";

/**
 * A label kind that does not exist, as its author would add it: three files and a line in each of three lists. Its answers
 * are kept as named values.
 */
const PAGES = "app/p/[project]/label/kinds";

export const LISTS = { domain: "domain/labels/kinds.ts", server: "server/labels/kinds.ts", page: `${PAGES}.ts` };

const IN_DOMAIN = `
import { z } from "zod";
import type { Conversion, KindParts, StoredAnswer } from "./kind-parts";

export const verdictSchema = z.object({
  verdicts: z.array(z.object({ completionId: z.uuid(), good: z.boolean() })).min(1),
  why: z.string(),
});
export type Verdict = z.infer<typeof verdictSchema>;

/** Every judged completion is a desirable or an undesirable one. */
function convertVerdicts(labels: readonly StoredAnswer<"verdict", Verdict>[]): Conversion {
  const records = labels.flatMap(({ id, taskId, promptId, verdict }) =>
    verdict.verdicts.map(({ completionId, good }) => ({
      kind: "unpaired" as const,
      promptId,
      completionId,
      desirable: good,
      groupId: taskId,
      labelIds: [id],
    })),
  );
  return { records, used: labels.map(({ id }) => id), leftOut: [] };
}

export const verdictKind = {
  kind: "verdict",
  name: "Verdict",
  asks: "Is each completion good?",
  completions: { least: 1, most: 4 },
  answer: verdictSchema,
  problem: ({ verdicts }, { completionIds }) =>
    completionIds.every((id) => verdicts.some(({ completionId }) => completionId === id))
      ? null
      : "a verdict judges every completion of its task",
  rename: ({ verdicts, why }, idOf) => ({
    verdicts: verdicts.map(({ completionId, good }) => ({ completionId: idOf(completionId), good })),
    why,
  }),
  describe: ({ verdicts }, nameOf) =>
    verdicts.map(({ completionId, good }) => \`\${nameOf(completionId)} \${good ? "good" : "bad"}\`).sort().join(", "),
  convert: convertVerdicts,
  agreement: { undefinedBecause: "nobody has said how." },
} satisfies KindParts<"verdict", Verdict>;
`;
const IN_SERVER = `
import { present, type KindRows } from "./kind-rows";
import { rowsOfValues, type ValueRow, valueJson, valueSelect, valuesOf } from "./label-values";

const read = (row: ValueRow) => ({
  verdicts: valuesOf(row, "good").map(({ completionId, value }) => ({
    completionId: present(row.id, completionId ?? null, "completion"),
    good: value === 1,
  })),
  why: String(valuesOf(row, "why")[0]?.value),
});

export const verdictRows = {
  select: valueSelect,
  json: valueJson,
  insert: async ({ verdicts, why }) =>
    rowsOfValues([
      ...verdicts.map(({ completionId, good }) => ({ name: "good", value: good ? 1 : 0, completionId })),
      { name: "why", value: why },
    ]),
  read,
  toConvertible: (label, row) => ({ ...label, kind: "verdict", verdict: read(row) }),
} satisfies KindRows<"verdict", ValueRow>;
`;
const ON_PAGE = `
import type { KindPage } from "../kind-page";
export const verdictPage = { Task: () => null, draftOf: (verdict) => verdict } satisfies KindPage<"verdict">;
`;

const withVerdict = (file: string, name: string, module: string): Overlay =>
  listed(file, name, module, [/^ {2}ranking: \w+,\n/m, `  verdict: ${name},\n`]);

export const madeUpKind = {
  domain: { "domain/labels/verdict.ts": IN_DOMAIN, ...withVerdict(LISTS.domain, "verdictKind", "./verdict") },
  server: {
    "server/labels/kinds/verdict.ts": IN_SERVER,
    ...withVerdict(LISTS.server, "verdictRows", "./kinds/verdict"),
  },
  page: {
    [`${PAGES}/verdict/verdict-task.tsx`]: ON_PAGE,
    ...withVerdict(LISTS.page, "verdictPage", "./kinds/verdict/verdict-task"),
  },
} satisfies Record<string, Overlay>;
