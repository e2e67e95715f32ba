import { z } from "zod";
import { textSchema } from "../../storable-text";
import { Fault } from "../fault";
import { FILE_ORIGINS, type FileCompletion, type FileCriterion, type FileKind, type FileTask } from "../file-task";
import type { RowFields } from "../row-fields";
import { readTurns, type Turn } from "../turns";

export const MAX_ANSWER_CHARACTERS = 100_000;
const MAX_REQUIRED = 1_000;
const MAX_PRIORITY = 2_147_483_647;

export const idSchema = textSchema.min(1).max(200);

export const completionTextSchema = textSchema
  .max(MAX_ANSWER_CHARACTERS, `an answer has at most ${MAX_ANSWER_CHARACTERS} characters`)
  .refine((text) => text.trim() !== "", "is empty");

export const completionSchema = z.object({
  id: idSchema.nullish(),
  content: completionTextSchema,
  finished: z.boolean().nullish(),
  origin: z.enum(FILE_ORIGINS).nullish().catch(null),
  model: textSchema.max(500).nullish(),
});

/** A completion of a row that is written by hand may be its text alone. */
const completionsSchema = z.array(
  z.union([completionSchema, completionTextSchema.transform((content) => ({ content }))]),
);

const rubricSchema = z.array(
  z.object({
    id: idSchema.nullish(),
    name: textSchema.min(1).max(500),
    weight: z.number().positive().max(1e9).nullish(),
    description: textSchema.nullish(),
    steps: z.array(textSchema).length(5).nullish(),
  }),
);

const envelopeSchema = z.object({
  taskId: idSchema.nullish(),
  requiredLabels: z.int().min(1).max(MAX_REQUIRED).nullish(),
  priority: z.int().min(-MAX_PRIORITY).max(MAX_PRIORITY).nullish(),
  status: z.enum(["open", "done", "archived"]).nullish(),
});

/** The kinds that Tuneloop's own files hold. */
export const FILE_KINDS = ["comparison", "ranking", "rating", "demonstration"] as const satisfies readonly FileKind[];

export interface OwnRow {
  turns: Turn[];
  /** The task; its label is what the caller adds. */
  task: FileTask;
  /** The ids by which the row's answer names criteria, in the rubric's order. */
  criterionIds: string[];
}

/**
 * Reads what the rows of labels and of open tasks have in common: the prompt, the task's completions and its rubric.
 *
 * @throws Fault that names the key
 */
export function readOwnRow(row: RowFields): OwnRow {
  const kind = readKind(row.take("kind")?.value);
  const promptCell = row.take("prompt");
  if (!promptCell) throw new Fault("prompt", "is missing");
  const turns = readTurns(promptCell, "user");
  const completions = check("completions", completionsSchema, row.take("completions")?.value ?? []).map(toCompletion);
  const ids = completions.flatMap(({ id }) => (id === null ? [] : [id]));
  if (new Set(ids).size < ids.length) throw new Fault("completions", "two completions have the same id");
  const rubric = kind === "rating" ? check("rubric", rubricSchema, row.take("rubric")?.value ?? []) : null;
  if (rubric?.length === 0) throw new Fault("rubric", "is missing: a rating needs its criteria");
  const envelope = Object.fromEntries(
    Object.keys(envelopeSchema.shape).map((name) => [name, row.take(name)?.value ?? null]),
  );
  const { taskId, requiredLabels, priority, status } = check(null, envelopeSchema, envelope);
  row.take("promptId");
  return {
    turns,
    task: {
      kind,
      id: taskId ?? null,
      groupId: null,
      prompt: turns.map(({ role, content }) => ({ role, content })),
      completions,
      rubric: rubric?.map(toCriterion) ?? null,
      requiredLabels: requiredLabels ?? 1,
      priority: priority ?? 0,
      archived: status === "archived",
      label: null,
    },
    criterionIds: rubric?.map(({ id, name }) => id ?? name) ?? [],
  };
}

function readKind(value: unknown): FileKind {
  const kind = FILE_KINDS.find((one) => one === value);
  if (kind) return kind;
  throw new Fault("kind", `is ${JSON.stringify(value)}; it must be one of ${FILE_KINDS.join(", ")}`);
}

export const toCompletion = ({ id, content, finished, origin, model }: z.output<typeof completionSchema>) =>
  ({
    id: id ?? null,
    content,
    finished: finished !== false,
    origin: origin ?? null,
    model: model ?? null,
  }) satisfies FileCompletion;

const toCriterion = ({ name, weight, description, steps }: z.output<typeof rubricSchema>[number]): FileCriterion => ({
  name,
  weight: weight ?? 1,
  description: description ?? "",
  steps: steps ?? ["", "", "", "", ""],
});

/** @param field the key, or null where the value's own keys are the row's */
export function check<Schema extends z.ZodType>(
  field: string | null,
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = [...(field === null ? [] : [field]), ...(issue?.path ?? [])].join(".");
  throw new Fault(place, issue?.message ?? "is not valid");
}
