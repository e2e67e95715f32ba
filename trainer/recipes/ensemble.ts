import { createHash } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import type { CompleteRunConfig, RunConfig } from "@/domain/runs/run-config";
import type { RunEvent, RunOutput } from "@/domain/runs/run-events";
import { writeFileAtomically } from "../file-formats/atomic-write";
import { writeEnsemble } from "../file-formats/ensemble-folder";
import { isMissing } from "../file-formats/file-errors";

/** The result of a run, and the number of its steps. */
export type Trained = { output: RunOutput; step: number };

type RewardRun = Extract<RunConfig, { method: "reward" }>;
type Folders = { outputDir: string; checkpointFolder: string };

/**
 * Trains K reward models in one run (Coste et al. 2023, arXiv 2310.02743) on one set of pairs and settings; each member
 * has a seed of its own for its head, its adapter and the order of the pairs. They are trained one after the other, so
 * that the run takes the memory of one; a resumed run goes on with the member that was not finished. Steps count
 * through.
 *
 * @param finishNow makes the ensemble of the members that were trained, the last of them from its newest checkpoint
 * @param trainMember trains one configuration into a folder of its own
 */
export async function* trainEnsemble(
  config: RewardRun,
  { outputDir, finishNow }: { outputDir: string; finishNow: boolean },
  trainMember: (config: RewardRun, folders: Folders) => AsyncGenerator<RunEvent, Trained>,
): AsyncGenerator<RunEvent, Trained> {
  const count = config.ensemble;
  const workshop = path.join(outputDir, "members");
  const members: RunOutput[] = [];
  let isSaid = false;
  let stepsOfOne = 0;
  let steps = 0;
  for (let member = 1; member <= count; member++) {
    const own: RewardRun = { ...config, ensemble: 1, seed: (config.seed + member - 1) % 2 ** 32 };
    const folder = path.join(workshop, `member-${member}`);
    const finished = await readFinished(folder, own);
    if (finished) {
      stepsOfOne = finished.step;
      steps += finished.step;
      members.push(finished.output);
      yield { type: "phase", phase: "training", message: `Member ${member} of ${count} is trained already` };
      continue;
    }
    const folders = { outputDir: folder, checkpointFolder: path.join(outputDir, "checkpoints", `member-${member}`) };
    if (finishNow && members.length > 0 && !(await hasCheckpoint(folders.checkpointFolder))) break;
    const run = trainMember(own, folders);
    let result = await run.next();
    try {
      for (; !result.done; result = await run.next()) {
        const event = result.value;
        if (event.type === "resolved") {
          stepsOfOne = event.totalSteps;
          // All members share records and settings, so the run tells them once, with its own seed.
          if (!isSaid) yield { ...event, config: asOfAll(event.config, config), totalSteps: stepsOfOne * count };
          isSaid = true;
        } else yield asPartOfAll(event, { member, count, stepsOfOne });
      }
    } finally {
      await run.return({} as never); // disposes the member's model if the run ends early
    }
    const { output, step } = result.value;
    members.push(output);
    steps += step;
    if (finishNow) break; // no member after this one was begun
    const record: Finished = { configuration: hashOf(own), output, step };
    await writeFileAtomically(path.join(folder, FINISHED), `${JSON.stringify(record)}\n`);
  }
  const kind = members[0]?.kind ?? "adapter";
  const target = path.join(outputDir, kind);
  yield { type: "phase", phase: "saving", message: "Putting the members together" };
  await writeEnsemble(
    target,
    members.map((member) => member.path),
  );
  await rm(workshop, { recursive: true });
  return { output: { kind, path: target }, step: steps };
}

const hasCheckpoint = (folder: string): Promise<boolean> =>
  readdir(folder).then(
    (names) => names.some((name) => name.startsWith("step-")),
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );

const asOfAll = (resolved: CompleteRunConfig, { ensemble, seed }: RewardRun): CompleteRunConfig =>
  resolved.method === "reward" ? { ...resolved, ensemble, seed } : resolved;

/**
 * Turns a member's event into one of the whole run: steps count through, and the time left includes the other members.
 */
function asPartOfAll(
  event: RunEvent,
  { member, count, stepsOfOne }: { member: number; count: number; stepsOfOne: number },
): RunEvent {
  const before = (member - 1) * stepsOfOne;
  switch (event.type) {
    case "step": {
      const left = stepsOfOne - event.step;
      const secondsAStep = left > 0 ? event.etaSeconds / left : event.seconds;
      const etaSeconds = event.etaSeconds + secondsAStep * stepsOfOne * (count - member);
      return { ...event, step: before + event.step, totalSteps: stepsOfOne * count, etaSeconds };
    }
    case "evaluation":
    case "checkpoint":
      return { ...event, step: before + event.step };
    case "phase":
      return { ...event, message: `${event.message} (member ${member} of ${count})` };
    default:
      return event;
  }
}

/** This file is written beside a member's files once they are complete. */
const FINISHED = "finished.json";
type Finished = { configuration: string; output: RunOutput; step: number };

/** Reads a member that an earlier start of this run trained. */
async function readFinished(folder: string, config: RewardRun): Promise<Finished | null> {
  const text = await readFile(path.join(folder, FINISHED), "utf8").catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (text === null) return null;
  const finished = JSON.parse(text) as Finished;
  if (finished.configuration === hashOf(config)) return finished;
  const message = `${folder}: this member is of a run with other settings; start a new run.`;
  throw new DomainError("checkpoint-conflict", message);
}

const hashOf = (config: RewardRun) => createHash("sha256").update(JSON.stringify(config)).digest("hex");
