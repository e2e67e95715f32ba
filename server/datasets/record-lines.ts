import type { RecordKind } from "@/domain/datasets/records";
import type { Message } from "@/domain/messages";
import type { Database } from "../database/client";
import type { BuiltRecord } from "./build-records";

/** A record as a row and as the line of a file, before it has a place. */
export interface RecordLine {
  kind: RecordKind;
  split: "train" | "validation";
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

/** Joins the text to the records of a page of tasks. */
export async function recordLines(db: Database, records: readonly BuiltRecord[]): Promise<RecordLine[]> {
  const texts = await readTexts(db, records);
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

/** Each list of ids is one parameter, however long it is. */
async function readTexts(db: Database, records: readonly BuiltRecord[]): Promise<Texts> {
  const promptIds = [...new Set(records.map(({ promptId }) => promptId))];
  const completionIds = records.flatMap((record) =>
    record.kind === "preference" ? [record.chosenCompletionId, record.rejectedCompletionId] : [record.completionId],
  );
  const prompts = await db.$queryRaw<{ id: string; messages: Message[] }[]>`
    SELECT "promptId" AS "id",
           json_agg(json_build_object('role', "role", 'content', "content") ORDER BY "position") AS "messages"
    FROM "PromptMessage" WHERE "promptId" = ANY(${promptIds}::uuid[]) GROUP BY "promptId"`;
  const completions = await db.$queryRaw<{ id: string; content: string; finished: boolean }[]>`
    SELECT "id", "content", "finished" FROM "Completion" WHERE "id" = ANY(${[...new Set(completionIds)]}::uuid[])`;
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
function contentsOf(record: BuiltRecord, texts: Texts): Record<string, unknown>[] {
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
