import type { IntakeItem, SaidKind } from "../intake/items";
import type { Turn } from "../intake/turns";
import { isFinished } from "../intake/turns";
import { STRENGTH_MARGIN } from "../labels/comparison";

/** A row of an export as it is written, or why this format can't hold the record, as the end of "2 records …". */
export type Written = { row: Record<string, unknown> } | { leftOut: string };

/** How another tool wants its records. */
export interface ExportFormat {
  /** In words, for pages and `--help`. */
  title: string;
  /** What of a record it holds, and what it can't, said before anything is written. */
  about: string;
  /** The kinds of records that it holds at all. */
  holds: readonly SaidKind[];
  write(item: IntakeItem): Written;
}

/** Beside the texts: TRL and transformers leave further columns alone, and this project reads them back. */
function beside({ taskType, groupId, answer, split }: IntakeItem): Record<string, unknown> {
  return {
    ...(taskType !== null && { taskType }),
    ...(groupId !== null && { groupId }),
    ...(answer !== null && { answer }),
    ...(split !== null && { split }),
  };
}

const message = ({ role, content, learned, extras }: Turn): Record<string, unknown> => ({
  ...extras,
  role,
  content,
  ...(learned === false && { weight: 0 }),
});
const markOf = (completion: readonly Turn[], key = "finished") => (isFinished(completion) ? {} : { [key]: false });

/** @param kind what the format holds, in words */
const other = (kind: string): Written => ({ leftOut: `that are not ${kind}` });

function writePair(item: IntakeItem, sides: (side: Turn[]) => unknown): Record<string, unknown> | null {
  const { said } = item;
  if (said.kind !== "comparison") return null;
  const { chosen, rejected, strength } = said;
  const margin = said.margin ?? (strength === null ? null : STRENGTH_MARGIN[strength]);
  return {
    chosen: sides(chosen),
    rejected: sides(rejected),
    ...markOf(chosen, "chosenFinished"),
    ...markOf(rejected, "rejectedFinished"),
    ...(margin !== null && { margin }),
    ...beside(item),
  };
}

const SPEAKER = { system: "system", user: "human", assistant: "gpt" } as const;
const spoken = ({ role, content }: Turn) => ({ from: SPEAKER[role], value: content });
const hasMore = (turns: readonly Turn[]) => turns.some(({ learned, extras }) => learned === false || extras);
const MORE = "whose messages have a weight or additional keys";

/** The formats in which records leave, by the name that a command or an address takes. */
export const EXPORT_FORMATS = {
  "trl-preference": {
    title: "TRL preference",
    about: "A prompt with a chosen and a rejected completion, as messages, with the margin. It holds preference pairs.",
    holds: ["comparison"],
    write(item) {
      const pair = writePair(item, (side) => side.map(message));
      return pair ? { row: { prompt: item.prompt.map(message), ...pair } } : other("preference pairs");
    },
  },
  "trl-prompt-completion": {
    title: "TRL prompt and completion",
    about: "A prompt and its answer, as messages. It holds demonstrations.",
    holds: ["demonstration"],
    write(item) {
      const { prompt, said } = item;
      if (said.kind !== "demonstration") return other("demonstrations");
      const completion = said.completion.map(message);
      return { row: { prompt: prompt.map(message), completion, ...markOf(said.completion), ...beside(item) } };
    },
  },
  "trl-unpaired": {
    title: "TRL unpaired preference",
    about: "A prompt and an answer with a label, true or false. It holds rated completions.",
    holds: ["unpaired"],
    write(item) {
      const { prompt, said } = item;
      if (said.kind !== "unpaired") return other("rated completions");
      const completion = said.completion.map(message);
      const label = said.desirable;
      return { row: { prompt: prompt.map(message), completion, label, ...markOf(said.completion), ...beside(item) } };
    },
  },
  messages: {
    title: "Messages",
    about: "Conversations that end with the answer, as chat models are trained on. It holds demonstrations.",
    holds: ["demonstration"],
    write(item) {
      const { prompt, said } = item;
      if (said.kind !== "demonstration") return other("demonstrations");
      if (said.completion.length > 1) return { leftOut: "whose completion has several turns" };
      const messages = [...prompt, ...said.completion].map(message);
      return { row: { messages, ...markOf(said.completion), ...beside(item) } };
    },
  },
  alpaca: {
    title: "Alpaca",
    about:
      "An instruction and its output. It holds demonstrations of one question and one answer; longer conversations are left out, and the system message gets its own key.",
    holds: ["demonstration"],
    write(item) {
      const { prompt, said } = item;
      if (said.kind !== "demonstration") return other("demonstrations");
      const isSystem = prompt[0]?.role === "system";
      const [question, more] = isSystem ? prompt.slice(1) : prompt;
      const [answer, second] = said.completion;
      if (!question || more || !answer || second) return { leftOut: "with more than one question and one answer" };
      if (hasMore([...prompt, answer])) return { leftOut: MORE };
      const system = isSystem ? { system: prompt[0]?.content } : {};
      const texts = { ...system, instruction: question.content, input: "", output: answer.content };
      return { row: { ...texts, ...markOf(said.completion), ...beside(item) } };
    },
  },
  sharegpt: {
    title: "ShareGPT",
    about:
      "Conversations of turns with from and value, as LLaMA-Factory reads them; pairs also have chosen and rejected, and rated completions have a kto_tag. It holds all kinds of records.",
    holds: ["demonstration", "comparison", "unpaired"],
    write(item) {
      const { prompt, said } = item;
      if (said.kind === "comparison") {
        if (said.chosen.length > 1 || said.rejected.length > 1)
          return { leftOut: "whose completion has several turns" };
        if (hasMore([...prompt, ...said.chosen, ...said.rejected])) return { leftOut: MORE };
        const pair = writePair(item, ([turn]) => turn && spoken(turn));
        return { row: { conversations: prompt.map(spoken), ...pair } };
      }
      if (said.kind !== "demonstration" && said.kind !== "unpaired") return other("records of a dataset version");
      if (said.completion.length > 1) return { leftOut: "whose completion has several turns" };
      if (hasMore([...prompt, ...said.completion])) return { leftOut: MORE };
      const conversations = [...prompt, ...said.completion].map(spoken);
      const verdict = said.kind === "unpaired" ? { kto_tag: said.desirable } : {};
      return { row: { conversations, ...verdict, ...markOf(said.completion), ...beside(item) } };
    },
  },
} as const satisfies Record<string, ExportFormat>;

export type ExportFormatName = keyof typeof EXPORT_FORMATS;
export const EXPORT_FORMAT_NAMES = Object.keys(EXPORT_FORMATS) as ExportFormatName[];
