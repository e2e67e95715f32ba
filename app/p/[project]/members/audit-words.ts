import { pathsOf } from "@/domain/paths";

const WORDS: Record<string, string> = {
  "projects.create": "created the project",
  "projects.updateGuidelines": "changed the guidelines",
  "projects.updateRubric": "changed the rubric",
  "prompts.import": "imported prompts",
  "prompts.archive": "archived a prompt",
  "prompts.restore": "restored a prompt",
  "tasks.create": "made tasks",
  "tasks.setAnnotators": "changed who may do a task",
  "tasks.saveTemplate": "saved a task template",
  "tasks.removeTemplate": "removed a task template",
  "datasets.create": "created a dataset version",
  "datasets.exclude": "excluded labels",
  "datasets.liftExclusion": "lifted an exclusion",
  "runs.trainOnLatestLabels": "started a run",
  "runs.cancel": "cancelled a run",
  "runs.retry": "started a run again",
  "runs.correctProbe": "made tasks that correct a reward model",
  "models.promote": "promoted a model",
  "models.archive": "archived a model",
  "models.restore": "restored a model",
  "models.addBase": "added a base model",
  "generations.nextRound": "started the next round",
  "storage.setRetention": "changed which checkpoints are kept",
  "storage.cleanUp": "removed the checkpoints that are not kept",
  "members.invite": "invited",
  "members.revokeInvitation": "revoked an invitation",
  "members.restoreInvitation": "restored an invitation",
  "members.join": "joined",
  "members.changeRole": "changed a role",
  "members.remove": "removed a member",
  "members.restore": "restored a member",
  "models.removeBase": "removed a base model",
  "members.makePasswordReset": "made a password-reset link",
};

/** What was done, in words; an act without words of its own by the procedure's name. */
export const auditWords = (action: string): string => WORDS[action] ?? action;

/** The page of what it was done to, where there is one. */
export function auditLink(slug: string, { subjectType, subjectId }: { subjectType: string; subjectId: string }) {
  return PAGES[subjectType]?.(pathsOf(slug), subjectId) ?? null;
}

const PAGES: Record<string, (to: ReturnType<typeof pathsOf>, id: string) => string> = {
  DatasetVersion: (to, id) => to.dataset(id),
  ModelVersion: (to, id) => to.model(id),
  Prompt: (to, id) => to.prompt(id),
  TrainingRun: (to, id) => to.run(id),
};
