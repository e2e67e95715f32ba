import type { RecordKind } from "@/domain/datasets/records";
import type { Message } from "@/domain/messages";
import type { Database } from "../database/client";
import { newId } from "../database/new-id";
import { messagesInOrder } from "../prompts/prompt-text";
import type { BuiltRecords } from "./build-records";
import { learnedContent } from "./learned-content";

/** A record as a row and as the line of a file. */
export interface RecordLine {
  id: string;
  kind: RecordKind;
  split: "train" | "validation";
  /** The number of the line in its file, from 1. */
  line: number;
  promptId: string;
  chosenCompletionId: string;
  rejectedCompletionId: string | null;
  margin: number | null;
  desirable: boolean | null;
  groupId: string | null;
  labelIds: string[];
  /**
   * The line's content: TRL's conversational format with the lineage beside it. It has no row id and no time, so that
   * the same labels give the same bytes.
   */
  content: Record<string, unknown>;
}

/**
 * Joins the text to the records, numbers their lines in an order that follows from their content, and hashes what is
 * learned of them.
 */
export async function recordLines(
  db: Database,
  records: BuiltRecords["records"],
): Promise<{ lines: RecordLine[]; hash: string }> {
  const texts = await readTexts(db, records);
  const { ordered, hash } = learnedContent(linesOf(records, texts));
  const next = new Map<string, number>();
  const lines = ordered.map((record) => {
    const file = `${record.kind} ${record.split}`;
    const line = (next.get(file) ?? 0) + 1;
    next.set(file, line);
    return { id: newId(), line, ...record };
  });
  return { lines, hash };
}

function linesOf(records: BuiltRecords["records"], texts: Texts): Omit<RecordLine, "id" | "line">[] {
  return records.flatMap((record) =>
    contentsOf(record, texts).map((content) => {
      const { kind, split, promptId, groupId, labelIds, taskType, annotatorIds } = record;
      return {
        kind,
        split,
        promptId,
        groupId,
        labelIds,
        chosenCompletionId: kind === "preference" ? record.chosenCompletionId : record.completionId,
        rejectedCompletionId: kind === "preference" ? record.rejectedCompletionId : null,
        margin: kind === "preference" ? record.margin : null,
        desirable: kind === "unpaired" ? record.desirable : null,
        content: { ...content, split, groupId, promptId, taskType, labelIds, annotatorIds },
      };
    }),
  );
}

interface Texts {
  prompts: Map<string, Message[]>;
  completions: Map<string, { content: string; finished: boolean }>;
}

async function readTexts(db: Database, records: BuiltRecords["records"]): Promise<Texts> {
  const completionIds = records.flatMap((record) =>
    record.kind === "preference" ? [record.chosenCompletionId, record.rejectedCompletionId] : [record.completionId],
  );
  const prompts = await db.prompt.findMany({
    where: { id: { in: [...new Set(records.map(({ promptId }) => promptId))] } },
    select: { id: true, messages: messagesInOrder },
  });
  const completions = await db.completion.findMany({
    where: { id: { in: [...new Set(completionIds)] } },
    select: { id: true, content: true, finished: true },
  });
  return {
    prompts: new Map(prompts.map(({ id, messages }) => [id, messages])),
    completions: new Map(completions.map(({ id, ...completion }) => [id, completion])),
  };
}

/**
 * Makes one line a record; a conversation that is learned turn by turn gives one for each of the assistant's turns.
 * Only a completion that the token limit cut has a mark, so that all other lines, and their hashes, are what they
 * always were.
 */
function contentsOf(record: BuiltRecords["records"][number], texts: Texts): Record<string, unknown>[] {
  const prompt = found(texts.prompts, record.promptId);
  const answer = (id: string): Message => ({ role: "assistant", content: found(texts.completions, id).content });
  const markIfCut = (key: string, id: string) => (found(texts.completions, id).finished ? {} : { [key]: false });
  switch (record.kind) {
    case "preference": {
      const { chosenCompletionId, rejectedCompletionId, margin, votes } = record;
      const [chosen, rejected] = [[answer(chosenCompletionId)], [answer(rejectedCompletionId)]];
      const marks = {
        ...markIfCut("chosenFinished", chosenCompletionId),
        ...markIfCut("rejectedFinished", rejectedCompletionId),
      };
      return [{ prompt, chosen, rejected, ...marks, margin, votes, chosenCompletionId, rejectedCompletionId }];
    }
    case "unpaired": {
      const { completionId, desirable } = record;
      const mark = markIfCut("finished", completionId);
      return [{ prompt, completion: [answer(completionId)], ...mark, label: desirable, completionId }];
    }
    case "demonstration": {
      const { completionId } = record;
      const conversation = [...prompt, ...record.turns, answer(completionId)];
      return conversation.flatMap((turn, index) => {
        const isLast = index === conversation.length - 1;
        const counts = isLast || (record.trainOnAllTurns && index >= prompt.length && turn.role === "assistant");
        const mark = isLast ? markIfCut("finished", completionId) : {};
        return counts ? [{ prompt: conversation.slice(0, index), completion: [turn], ...mark, completionId }] : [];
      });
    }
  }
}

function found<T>(map: ReadonlyMap<string, T>, id: string): T {
  const value = map.get(id);
  if (value === undefined) throw new Error(`${id} is gone, though a label names it`);
  return value;
}
