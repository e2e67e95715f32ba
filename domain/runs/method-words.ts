import type { Method } from "./run-config";

/** What each method is called where there is room for more than its letters, and when to choose it. */
export const METHOD_WORDS: Record<Method, { title: string; suits: string }> = {
  sft: {
    title: "SFT, imitation",
    suits: "Learns to write as the demonstrations do. Where those are good and the task is clear, start here.",
  },
  reward: {
    title: "Reward model",
    suits: "Learns to score completions as people compare them. It writes nothing: it is for scoring and for PPO.",
  },
  dpo: {
    title: "DPO",
    suits: "Learns from pairs directly: quick, stable, needs little of the machine. For most preferences.",
  },
  kto: {
    title: "KTO",
    suits: "Learns from completions judged good or bad one by one. Where pairs are few and ratings many.",
  },
  orpo: {
    title: "ORPO",
    suits: "Imitates the chosen completion and moves away from the rejected one in the same run, without a reference.",
  },
  simpo: {
    title: "SimPO",
    suits:
      "The simplest of the preference methods: no reference, and length does not count. Sensitive to its settings.",
  },
  ppo: {
    title: "PPO",
    suits:
      "Learns from completions that it writes itself, scored by a reward model or a rule. For several or computed rewards and the last bit of quality; takes far longer than DPO, which is the better start.",
  },
};
