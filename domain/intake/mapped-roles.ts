/** The roles that a person can give to a column of a file. */
export const MAPPED_ROLES = [
  "prompt",
  "completion",
  "chosen",
  "rejected",
  "messages",
  "system",
  "label",
  "rating",
  "margin",
  "strength",
  "taskType",
  "split",
  "ignore",
] as const;
export type MappedRole = (typeof MAPPED_ROLES)[number];

export const MAPPED_ROLE_WORDS: Record<MappedRole, string> = {
  prompt: "Prompt",
  completion: "Answer",
  chosen: "Better answer",
  rejected: "Worse answer",
  messages: "Whole conversation",
  system: "System text",
  label: "Thumb (true or false)",
  rating: "Rating (1 to 5)",
  margin: "Margin (0 to 1)",
  strength: "Strength of the preference, in words",
  taskType: "Task type",
  split: "Split",
  ignore: "Not read",
};
