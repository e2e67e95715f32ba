import { argilla } from "./argilla";
import { chatGptConversations, claudeConversations, loggedCalls, openAiPreferences } from "./chat-logs";
import { COMMON_FORMATS } from "./common";
import type { Format } from "./format";
import { hhTranscripts } from "./hh-transcripts";
import { labelStudio } from "./label-studio";
import { openAssistant } from "./open-assistant";
import { ownLabels } from "./own-labels";
import { plainText } from "./plain-text";
import { shareGpt } from "./share-gpt";
import { ultraFeedback } from "./ultra-feedback";

/** All formats, those of one tool before those that many share. A row is read by the first that it matches. */
export const FORMATS: readonly Format[] = [
  ownLabels,
  labelStudio,
  argilla,
  openAssistant,
  openAiPreferences,
  loggedCalls,
  claudeConversations,
  chatGptConversations,
  ultraFeedback,
  shareGpt,
  hhTranscripts,
  ...COMMON_FORMATS,
  plainText,
];
