import { plural } from "../../../components/format";
import type { Outputs } from "../../../trpc-client";

export type ProjectOverview = Outputs["projects"]["overview"];

/** The one next best action: what it is, why, and how its button is called. */
export function describeNextAction({ nextAction: { code, count }, ...overview }: ProjectOverview) {
  switch (code) {
    case "import_prompts":
      return {
        title: "Bring in prompts",
        why: "The questions that the model should answer well: paste them or upload a file.",
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
    case "train":
      return {
        title: count ? `Train on ${plural(count, "new label")}` : "Train on the latest labels",
        why: "The labels become a dataset version, and a run makes a new model version of it.",
        button: "Train on latest labels",
      };
    case "watch_run":
      return {
        title: overview.run.latest
          ? `Run ${overview.run.latest.number} ${overview.run.latest.status === "queued" ? "waits for the trainer" : "is at work"}`
          : "A run is at work",
        why: "You can watch its loss and its accuracy while it goes.",
        button: "Watch the run",
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
