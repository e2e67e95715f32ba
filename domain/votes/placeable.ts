import type { Vote } from "./vote";

/** Why a model version has no place in the table. */
export type Unplaced = { model: string; reason: "never-beaten" | "never-won" | "apart" };

/**
 * Splits models into those that a table can place and the others. Strengths exist only among models where no group won
 * all its votes against the rest, which is where each can be reached from each along votes that were won or tied (Ford
 * 1957). The largest such set is placed.
 */
export function placeable(votes: readonly Vote[]): { placed: string[]; unplaced: Unplaced[] } {
  const beaten = new Map<string, Set<string>>();
  const of = (model: string) => beaten.get(model) ?? beaten.set(model, new Set()).get(model) ?? new Set<string>();
  for (const { first, second, outcome } of votes) {
    of(first);
    of(second);
    if (outcome !== "second") of(first).add(second);
    if (outcome !== "first") of(second).add(first);
  }
  const models = [...beaten.keys()].sort();
  const reach = new Map(models.map((model) => [model, reachable(model, beaten)]));
  const together = (model: string) => models.filter((one) => reach.get(model)?.has(one) && reach.get(one)?.has(model));
  const placed = models.map(together).reduce((best, group) => (group.length > best.length ? group : best), []);
  if (placed.length < 2)
    return { placed: [], unplaced: models.map((model) => ({ model, reason: reasonOf(model, models) })) };
  return {
    placed,
    unplaced: models
      .filter((model) => !placed.includes(model))
      .map((model) => ({ model, reason: reasonOf(model, placed) })),
  };

  function reasonOf(model: string, others: readonly string[]): Unplaced["reason"] {
    if (others.some((other) => other !== model && reach.get(model)?.has(other))) return "never-beaten";
    return others.some((other) => other !== model && reach.get(other)?.has(model)) ? "never-won" : "apart";
  }
}

function reachable(from: string, edges: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const found = new Set([from]);
  for (const model of found) for (const next of edges.get(model) ?? []) found.add(next);
  return found;
}
