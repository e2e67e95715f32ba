import { DEFAULT_TOKEN_LIMIT } from "@/domain/generations/token-limit";

/** What the form starts with: two varied answers, one label each. The token limit goes by the last round where there was one. */
export const GENERATE_DEFAULTS = {
  samples: 2,
  temperature: 0.8,
  topP: 0.95,
  maxTokens: DEFAULT_TOKEN_LIMIT,
  requiredLabels: 1,
};

export type PromptScope = "selected" | "without_completions" | "all";

/** The form's fields as the call's input. `selected` are the prompts ticked in the table. */
export function readGenerateForm(form: FormData, selected: string[]) {
  const number = (name: keyof typeof GENERATE_DEFAULTS) => Number(form.get(name) ?? GENERATE_DEFAULTS[name]);
  const seed = String(form.get("seed") ?? "");
  const scope = String(form.get("scope")) as PromptScope;
  return {
    modelVersionId: String(form.get("modelVersionId")),
    promptIds: scope === "selected" ? selected : scope,
    samples: number("samples"),
    temperature: number("temperature"),
    topP: number("topP"),
    maxTokens: number("maxTokens"),
    ...(seed !== "" && { seed: Number(seed) }),
    makeTasks: form.has("makeTasks"),
    requiredLabels: number("requiredLabels"),
  };
}
