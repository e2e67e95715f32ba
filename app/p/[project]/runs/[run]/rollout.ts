import type { Outputs } from "@/app/trpc-client";

/** The rollouts of one iteration. */
export type IterationRollouts = Outputs["runs"]["rollouts"];

/** One rollout as a line of the list. */
export type RolloutLine = IterationRollouts["rollouts"][number];

/** One rollout with its tokens. */
export type Rollout = Outputs["runs"]["rollout"];
