import { z } from "zod";
import type { KindAnswer } from "./kind-parts";
import { LABEL_KINDS, type LabelAnswer, type LabelKind, labelKinds, type SentAnswerOf } from "./kinds";

const envelopeSchema = z.object({
  taskId: z.uuid(),
  /** The key that the client makes once for each answer: sending the answer twice gives one label. */
  idempotencyKey: z.uuid(),
  /** The completions in the order in which they stood on the page. */
  shownOrder: z.array(z.uuid()).max(16),
  durationMs: z.number().int().min(0).max(86_400_000).optional(),
  note: z.string().trim().max(2_000).optional(),
  flagged: z.boolean().optional(),
});

/** An annotator's submission: an envelope, and the answer of one of the kinds. */
export type LabelSubmission = z.output<typeof envelopeSchema> & LabelAnswer;
type SentSubmission = z.input<typeof envelopeSchema> &
  { [Kind in LabelKind]: KindAnswer<Kind, SentAnswerOf<Kind>> }[LabelKind];

const branches = labelKinds.map((kind) =>
  envelopeSchema.extend({ kind: z.literal(kind), [kind]: LABEL_KINDS[kind].answer }),
);
// Each kind has a branch with its own name as a key, written out because TypeScript can't follow a key that is computed
// in a loop.
export const labelSubmissionSchema = z.discriminatedUnion("kind", branches as [(typeof branches)[number]]) as z.ZodType<
  unknown,
  unknown
> as z.ZodType<LabelSubmission, SentSubmission>;
