import { DEMO_GUIDELINES } from "./guidelines";
import { DEMO_PROMPTS } from "./prompts";

/** A first project to try the loop on: everyday prompts over eight task types and guidelines for comparing. */
export const DEMO_PROJECT = {
  name: "Everyday assistant",
  description: "A small assistant that answers everyday questions: try the whole loop on it.",
  guidelines: DEMO_GUIDELINES,
  prompts: Object.entries(DEMO_PROMPTS).flatMap(([taskType, texts]) => texts.map((text) => ({ taskType, text }))),
};
