import { FIXED_DATE_TEXT } from "./chat-template";
import { openAssistantTurn } from "./open-turn";
import { type ProbedTokenizer, probeTemplate } from "./probe-template";

/** A template that is ready for use, and what its user should know about it. */
export interface PreparedTemplate {
  chatTemplate: string | null;
  /** The token by which the template ends the assistant's turn; null if it ends with none. */
  endOfTurnId: number | null;
  /** The text that the template puts before a conversation without a system turn; null if it puts none there. */
  defaultSystemText: string | null;
  notices: string[];
}

/** Prepares a template for use and collects what its user should know about it. */
export function prepareTemplate(template: string | null, tokenizer: ProbedTokenizer): PreparedTemplate {
  if (template === null) {
    return { chatTemplate: null, endOfTurnId: null, defaultSystemText: null, notices: [] };
  }
  const { specialTokens } = tokenizer;
  const opened = openAssistantTurn(template, { specialTokens });
  const notices = opened.notice === null ? [] : [opened.notice];
  if (template.includes("strftime_now")) {
    notices.push(
      `its chat template asks for the date and is always given ${FIXED_DATE_TEXT}, so that a text is the same on every day`,
    );
  }
  const probed = probeTemplate(opened.template, tokenizer);
  if (probed.refusesSystem !== null) {
    notices.push(
      `its chat template refuses system turns (${probed.refusesSystem}): prompts that have one are left out, by line`,
    );
  }
  if (probed.dropsSystem) {
    notices.push("its chat template leaves system turns out: what they say never reaches the model");
  }
  if (probed.trims) {
    notices.push("its chat template cuts white space off both ends of each text, so that none of it is learned there");
  }
  const { endOfTurnId, defaultSystemText } = probed;
  return { chatTemplate: opened.template, endOfTurnId, defaultSystemText, notices };
}
