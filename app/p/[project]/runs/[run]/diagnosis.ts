import type { Outputs } from "@/app/trpc-client";

/** What a run's page is told of its diagnosis. */
export type Diagnosis = Outputs["runs"]["diagnosis"];
