import type { Message } from "@/domain/messages";
import { renderChat } from "./chat-template";
import { commonSuffix } from "./common-suffix";
import { orRefusal } from "./text-refusal";
import type { Tokenizer } from "./types";

export type ProbedTokenizer = Pick<Tokenizer, "specialTokens" | "encode" | "decode">;

/** What a template does with the texts that it is given, as seen by comparing renderings. */
export interface ProbedTemplate {
  /** The special token that comes right after an answer; null if there is none. */
  endOfTurnId: number | null;
  /** The text before a conversation that has no system turn; null if there is none. */
  defaultSystemText: string | null;
  /** The template's own words about a system turn that it refuses; null if it takes one. */
  refusesSystem: string | null;
  /** Whether the text of a system turn is in the rendering of no conversation. */
  dropsSystem: boolean;
  /** Whether white space at the ends of a text is not in the rendering. */
  trims: boolean;
}

const [FIRST, SECOND] = ["Name a colour.", "And another one?"] as const;
const ANSWER = "Blue it is.";
const SYSTEM = "Zebras prefer quiet mornings.";
const answered: Message[] = [
  { role: "user", content: FIRST },
  { role: "assistant", content: ANSWER },
];

/** Finds out what a template does, from conversations that have nothing in common with it. */
export function probeTemplate(template: string, tokenizer: ProbedTokenizer): ProbedTemplate {
  const render = (messages: Message[]) => rendered(template, messages, tokenizer.specialTokens);
  const plain = render(answered).text;
  const withSystem = render([{ role: "system", content: SYSTEM }, ...answered]);
  return {
    endOfTurnId: plain === null ? null : endOfTurn(plain, tokenizer),
    defaultSystemText: defaultText(render([...answered, { role: "user", content: SECOND }]).text, tokenizer),
    refusesSystem: plain === null ? null : withSystem.refusal,
    dropsSystem: withSystem.text !== null && !withSystem.text.includes(SYSTEM),
    trims: trimsTexts(render),
  };
}

/** A rendering, or the template's reason for refusing it. */
type Rendering = { text: string; refusal: null } | { text: null; refusal: string };

function rendered(template: string, messages: Message[], specialTokens: Record<string, string>): Rendering {
  const { result, refusal } = orRefusal(() => renderChat(template, messages, { specialTokens }));
  return refusal ? { text: null, refusal: refusal.reason } : { text: result, refusal: null };
}

function endOfTurn(text: string, tokenizer: ProbedTokenizer): number | null {
  const at = text.lastIndexOf(ANSWER);
  if (at < 0) return null;
  const [first] = orRefusal(() => tokenizer.encode(text.slice(at + ANSWER.length))).result ?? [];
  return first !== undefined && isSpecial(first, tokenizer) ? first : null;
}

function isSpecial(id: number, { decode }: ProbedTokenizer): boolean {
  return decode([id]) !== "" && decode([id], { skipSpecialTokens: true }) === "";
}

/**
 * Finds the template's own text before a conversation: what stands before the first user's turn and not before the
 * second one, without special tokens and the name of a role.
 */
function defaultText(longer: string | null, { encode, decode }: ProbedTokenizer): string | null {
  const [first, answer, second] = [FIRST, ANSWER, SECOND].map((text) => longer?.indexOf(text) ?? -1) as [
    number,
    number,
    number,
  ];
  if (longer === null || first < 0 || answer < first || second < answer) return null;
  const lead = longer.slice(0, first);
  const before = longer.slice(answer + ANSWER.length, second);
  const own = lead.slice(0, lead.length - commonSuffix(lead, before));
  const ids = orRefusal(() => encode(own)).result ?? [];
  const words = decode(ids, { skipSpecialTokens: true })
    .trim()
    .replace(/^(system|developer)\b\s*/i, "");
  return /[\p{L}\p{N}]/u.test(words) ? words : null;
}

function trimsTexts(render: (messages: Message[]) => Rendering): boolean {
  const { text } = render([
    { role: "user", content: FIRST },
    { role: "assistant", content: `  ${ANSWER}  ` },
  ]);
  return text?.includes(ANSWER) === true && !text.includes(`  ${ANSWER}  `);
}
