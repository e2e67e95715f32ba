import { evaluationChannel } from "../jobs/notify";
import { watchRowJob } from "../jobs/watch-row-job";
import { type EvaluationRow, getEvaluation } from "./evaluation-row";

/** An evaluation as it goes: first its present state, then each change of it. Ends with it. */
export const watchEvaluation = (
  input: { projectId: string; evaluationId: string },
  signal: AbortSignal,
): AsyncGenerator<EvaluationRow, void> =>
  watchRowJob(evaluationChannel(input.evaluationId), () => getEvaluation(input), signal);
