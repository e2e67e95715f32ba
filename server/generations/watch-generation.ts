import { generationChannel } from "../jobs/notify";
import { watchRowJob } from "../jobs/watch-row-job";
import { type GenerationRow, getGeneration } from "./generation-row";

/** A generation as it goes: first its present state, then each change of it. Ends with it. */
export const watchGeneration = (
  input: { projectId: string; generationId: string },
  signal: AbortSignal,
): AsyncGenerator<GenerationRow, void> =>
  watchRowJob(generationChannel(input.generationId), () => getGeneration(input), signal);
