/** A repository of the hub, and the branch, tag or commit that is meant; without a revision, the main branch. */
export interface HubModel {
  repo: string;
  revision?: string;
}

const HUB_ID = /^([\w.-]+\/[\w.-]+?)(?:@([\w.][\w./-]*))?$/;

/** Parses `owner/name` or `owner/name@revision`; gives undefined for anything else. */
export function parseHubModel(reference: string): HubModel | undefined {
  if (reference.startsWith(".") || reference.endsWith(".gguf")) return undefined;
  const [, repo, revision] = HUB_ID.exec(reference) ?? [];
  return repo === undefined ? undefined : { repo, ...(revision !== undefined && { revision }) };
}

export function nameOfHubModel({ repo, revision }: HubModel): string {
  return revision === undefined ? repo : `${repo}@${revision}`;
}
