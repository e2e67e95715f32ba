import type { Method } from "./run-config";

/** What each method is called: in a name or a table, where there is room for more, and when to choose it. */
export const METHOD_WORDS: Record<Method, { name: string; title: string; suits: string }> = {
  sft: {
    name: "SFT",
    title: "SFT, imitation",
    suits: "Learns to write as the demonstrations do. Where those are good and the task is clear, start here.",
  },
  reward: {
    name: "Reward model",
    title: "Reward model",
    suits: "Learns to score completions as people compare them. It writes nothing: it is for scoring and for PPO.",
  },
  dpo: {
    name: "DPO",
    title: "DPO",
    suits: "Learns from pairs directly: quick, stable, needs little of the machine. For most preferences.",
  },
  kto: {
    name: "KTO",
    title: "KTO",
    suits: "Learns from completions judged good or bad one by one. Where pairs are few and ratings many.",
  },
  orpo: {
    name: "ORPO",
    title: "ORPO",
    suits: "Imitates the chosen completion and moves away from the rejected one in the same run, without a reference.",
  },
  simpo: {
    name: "SimPO",
    title: "SimPO",
    suits:
      "The simplest of the preference methods: no reference, and length does not count. Sensitive to its settings.",
  },
  ppo: {
    name: "PPO",
    title: "PPO",
    suits:
      "Learns from completions that it writes itself, scored by a reward model or a rule. For several or computed rewards and the last bit of quality; takes far longer than DPO, which is the better start.",
  },
};

/** What a run of the method counts. */
export const stepWordOf = (method: string): "iteration" | "step" => (method === "ppo" ? "iteration" : "step");

/** The name of a method that a file speaks of; one that is not known here is called as there. */
export const nameOfMethod = (method: string): string =>
  Object.hasOwn(METHOD_WORDS, method) ? METHOD_WORDS[method as Method].name : method;
