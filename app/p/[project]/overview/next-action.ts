import { plural } from "@/app/components/format";
import type { Outputs } from "@/app/trpc-client";

export type ProjectOverview = Outputs["projects"]["overview"];

const RUN_WORDS: Partial<Record<NonNullable<ProjectOverview["run"]["latest"]>["status"], string>> = {
  queued: "waits for the trainer",
  running: "is running",
  failed: "has failed",
};

/** The one next best action: what it is, why, and how its button is called. */
export function describeNextAction({ nextAction: { code, count }, ...overview }: ProjectOverview) {
  const { latest, paused } = overview.run;
  switch (code) {
    case "decide_paused_run":
      return {
        title: `Run ${paused?.number} is paused and waits for you`,
        why: paused?.reason ?? "The run's diagnosis turned critical. The run continues or ends when you decide.",
        button: "Decide how the run goes on",
      };
    case "read_diagnosis":
      return {
        title: `Run ${latest?.number}: ${latest?.critical.join("; ")}`,
        why:
          latest?.status === "running"
            ? "The diagnosis calls this critical, and the run goes on meanwhile: read what was seen before it takes more time."
            : "The diagnosis calls this critical: read what was seen and what to do before you use the model or train again.",
        button: "Read the diagnosis",
      };
    case "import_prompts":
      return {
        title: "Import prompts",
        why: "Prompts are the questions that the model should answer well. Paste them or upload a file.",
        button: "Import prompts",
      };
    case "generate":
      return {
        title: count ? `Let the model answer ${plural(count, "prompt")}` : "Let the model answer the prompts",
        why: "Two completions of each prompt make a comparison to label.",
        button: "Generate completions",
      };
    case "label":
      return {
        title: count ? `Label ${plural(count, "open task")}` : "Label the open tasks",
        why: "Each comparison tells the model which of two completions people prefer.",
        button: "Start labelling",
      };
    case "free_stuck_tasks":
      return {
        title: `${plural(count ?? 0, "task")} can be done by nobody`,
        why: "Everyone who may do them has skipped them or left, or their prompt is archived. Offer them again, give them to everyone, or archive them.",
        button: "See the stuck tasks",
      };
    case "train":
      return {
        title: count ? `Train on ${plural(count, "new label")}` : "Train on the latest labels",
        why: "The labels become a dataset version, and a run trains a new model version on it.",
        button: "Train on latest labels",
      };
    case "watch_run":
      return {
        title: latest ? `Run ${latest.number} ${RUN_WORDS[latest.status] ?? latest.status}` : "A run is in progress",
        why:
          latest?.status === "failed"
            ? "The run's page says why, and what to do."
            : latest?.method === "ppo"
              ? "You can watch its reward and its KL, and read what it writes, while it runs."
              : "You can watch its loss and its accuracy while it runs.",
        button: latest?.status === "failed" ? "See why" : "Watch the run",
      };
    case "next_round":
      return {
        title: overview.model.latest
          ? `Find out whether ${overview.model.latest.name} is better`
          : "Start the next round",
        why: "The new model and the one before it answer the same prompts; people compare them without knowing which is which.",
        button: "Start the next round",
      };
    case "compare_models":
      return {
        title: "Try the new model beside the old one",
        why: "Both answer the same prompt side by side in the playground.",
        button: "Open the playground",
      };
  }
}
