import { scoringChannel } from "../jobs/notify";
import { watchRowJob } from "../jobs/watch-row-job";
import { getScoring, type ScoringRow } from "./scoring-row";

/** A scoring as it goes: first its present state, then each change of it. Ends with it. */
export const watchScoring = (
  input: { projectId: string; scoringId: string },
  signal: AbortSignal,
): AsyncGenerator<ScoringRow, void> => watchRowJob(scoringChannel(input.scoringId), () => getScoring(input), signal);
