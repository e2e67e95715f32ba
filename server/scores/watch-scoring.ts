import { listen } from "../jobs/listen";
import { scoringChannel } from "../jobs/notify";
import { isJobFinished } from "../jobs/row-job";
import { getScoring, type ScoringRow } from "./scoring-row";

/** A scoring as it goes: first its present state, then each change of it. Ends with it. */
export async function* watchScoring(
  input: { projectId: string; scoringId: string },
  signal: AbortSignal,
): AsyncGenerator<ScoringRow, void> {
  await getScoring(input);
  for await (const _event of listen(scoringChannel(input.scoringId), signal)) {
    const scoring = await getScoring(input);
    yield scoring;
    if (isJobFinished(scoring.status)) return;
  }
}
