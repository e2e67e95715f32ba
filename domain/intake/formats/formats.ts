import { argilla } from "./argilla";
import { chatGptConversations, claudeConversations } from "./chat-exports";
import { COMMON_FORMATS } from "./common";
import { distilabel } from "./distilabel";
import type { Format } from "./format";
import { helpSteer } from "./help-steer";
import { hhTranscripts } from "./hh-transcripts";
import { labelStudio } from "./label-studio";
import { loggedCalls } from "./logged-calls";
import { openAssistant } from "./open-assistant";
import { openAiPreferences } from "./openai-preferences";
import { ownLabels } from "./own-labels";
import { ownTasks } from "./own-tasks";
import { plainText } from "./plain-text";
import { shareGpt } from "./share-gpt";
import { ultraFeedback } from "./ultra-feedback";

/** All formats, those of one tool before those that many share. A row is read by the first that it matches. */
export const FORMATS: readonly Format[] = [
  ownLabels,
  ownTasks,
  labelStudio,
  argilla,
  openAssistant,
  openAiPreferences,
  loggedCalls,
  claudeConversations,
  chatGptConversations,
  ultraFeedback,
  distilabel,
  helpSteer,
  shareGpt,
  hhTranscripts,
  ...COMMON_FORMATS,
  plainText,
];
