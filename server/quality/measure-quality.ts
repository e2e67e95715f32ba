import { agreementByKind, type KindAgreement } from "@/domain/quality/kind-agreement";
import { kappaOfPeople, type PairOfPeople } from "@/domain/quality/pair-of-people";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { readSnapshot } from "../datasets/read-snapshot";
import { type AnnotatorQuality, describeAnnotators } from "./describe-annotators";

export interface Quality {
  kinds: KindAgreement[];
  /** The agreement of every two people who compared the same pairs. */
  pairs: (PairOfPeople & { names: [string, string]; userIds: [string | null, string | null] })[];
  annotators: AnnotatorQuality[];
}

/**
 * Measures how far the people of a project agree, and what each has given. Superseded, withdrawn and excluded labels do
 * not count.
 */
export async function measureQuality(actor: ProjectActor): Promise<Quality> {
  const { projectId } = requireAdmin(actor);
  const { labels } = await readSnapshot(database(), projectId);
  const annotators = await describeAnnotators(projectId, labels);
  const people = new Map(annotators.map((person) => [person.id, person]));
  const nameOf = (id: string) => people.get(id)?.name ?? "a former member";
  const userOf = (id: string) => people.get(id)?.userId ?? null;
  return {
    kinds: agreementByKind(labels),
    pairs: kappaOfPeople(labels).map((pair) => ({
      ...pair,
      names: [nameOf(pair.annotatorIds[0]), nameOf(pair.annotatorIds[1])],
      userIds: [userOf(pair.annotatorIds[0]), userOf(pair.annotatorIds[1])],
    })),
    annotators,
  };
}
