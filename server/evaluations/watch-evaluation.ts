import { listen } from "../jobs/listen";
import { evaluationChannel } from "../jobs/notify";
import { isJobFinished } from "../jobs/row-job";
import { type EvaluationRow, getEvaluation } from "./evaluation-row";

/** An evaluation as it goes: first its present state, then each change of it. Ends with it. */
export async function* watchEvaluation(
  input: { projectId: string; evaluationId: string },
  signal: AbortSignal,
): AsyncGenerator<EvaluationRow, void> {
  await getEvaluation(input);
  for await (const _event of listen(evaluationChannel(input.evaluationId), signal)) {
    const evaluation = await getEvaluation(input);
    yield evaluation;
    if (isJobFinished(evaluation.status)) return;
  }
}
