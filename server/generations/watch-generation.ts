import { listen } from "../jobs/listen";
import { generationChannel } from "../jobs/notify";
import { isJobFinished } from "../jobs/row-job";
import { type GenerationRow, getGeneration } from "./generation-row";

/** A generation as it goes: first its present state, then each change of it. Ends with it. */
export async function* watchGeneration(
  input: { projectId: string; generationId: string },
  signal: AbortSignal,
): AsyncGenerator<GenerationRow, void> {
  await getGeneration(input);
  for await (const _event of listen(generationChannel(input.generationId), signal)) {
    const generation = await getGeneration(input);
    yield generation;
    if (isJobFinished(generation.status)) return;
  }
}
