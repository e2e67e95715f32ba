/** Why a record is left out, or what is odd about it, as the end of "2 records …". */
export const LEFT_OUT_MESSAGES = {
  tooLong: "longer than maxLength",
  templateRefuses: "that the chat template refuses",
  rewardModelRefuses: "that a reward model can't read",
  tokenWithoutEmbedding: "with a token that has no embedding",
  emptyCompletion: "with a completion without text",
  identicalCompletions: "whose chosen and rejected are the same text",
  testSplit: "kept for tests (split = test)",
  labelFalse: "that say label: false",
  weightZero: "that say weight: 0",
  lowRating: "rated below 4",
  noPair: "whose ratings or ranks put no completion above another",
  middlingRating: "rated neither 4 or more nor 2 or less",
  refusedRow: "with a fault",
  samePrompt: "with a prompt that an earlier record has given already",
  doubledStart: "with the start token twice at the beginning: is the chat template applied already?",
  nothingToLearn: "without a token to learn: the chat template writes nothing of the completion",
  // Records with the reasons below are trained on all the same, and mentioned.
  missingEndOfTurn: "without an end-of-turn token: a model never learns from them to stop",
  promptInBothSplits: "for validation whose prompts are trained on as well: validation figures are too good",
  controlTokensInText: "with control tokens of the model inside a message (is the chat template applied already?)",
  contradictoryPair: "contradicting another pair about which completion is better: such pairs cancel out",
  contradictoryRating: "desirable in one record and undesirable in another: such ratings cancel out",
  repeatedRecord: "twice in the data: they count double",
  cutChosen: "whose chosen completion was cut at the token limit: it is trained on without an end of turn",
  cutRejected: "whose rejected completion was cut at the token limit: it is trained on without an end of turn",
  cutCompletion: "whose completion was cut at the token limit: it is trained on without an end of turn",
} as const;

export type LeftOutReason = keyof typeof LEFT_OUT_MESSAGES;
