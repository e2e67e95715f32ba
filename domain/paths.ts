/**
 * Every address of the site, made in one place. A page that moves is renamed here; a test finds addresses that are written
 * by hand elsewhere.
 */

/** Adds the values that are there as a query. */
const withQuery = (path: string, query: Record<string, string | undefined>): string => {
  const given = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${encodeURIComponent(value)}`],
  );
  return given.length === 0 ? path : `${path}?${given.join("&")}`;
};

/** The most calls of the API that one request carries. */
export const MOST_CALLS = 10;

/** Pages that belong to no project. */
export const paths = {
  home: "/",
  projects: "/projects",
  account: "/account",
  /** Everybody who has an account, for the instance's admin. */
  people: "/people",
  setup: "/setup",
  login: (query: { next?: string; error?: string } = {}) => withQuery("/login", query),
  invitation: (token: string) => withQuery("/invite", { token }),
  passwordReset: (token: string) => withQuery("/reset", { token }),
  helpDiagnosis: "/help/diagnosis",
  api: "/api/trpc",
} as const;

/** The header in which a page says whose it is, so that a call is never made in the name of who signed in after that person. */
export const PERSON_HEADER = "x-tuneloop-person";

/** Pages and downloads of the project with this slug. */
export const pathsOf = (slug: string) => {
  const root = `/p/${slug}`;
  const files = `/api/p/${slug}`;
  return {
    overview: root,
    /** A page of the navigation, by its folder. */
    page: (folder: string) => (folder === "" ? root : `${root}/${folder}`),
    label: `${root}/label`,
    myLabels: `${root}/label/mine`,
    correctLabel: (labelId: string) => `${root}/label/correct/${labelId}`,
    labels: (query: { annotator?: string } = {}) => withQuery(`${root}/labels`, query),
    prompts: (query: { taskType?: string } = {}) => withQuery(`${root}/prompts`, query),
    /** `label` is the label that the page scrolls to. */
    prompt: (promptId: string, { label }: { label?: string } = {}) =>
      `${root}/prompts/${promptId}${label === undefined ? "" : `#label-${label}`}`,
    generations: `${root}/generations`,
    tasks: (query: { kind?: string; status?: string; reward?: string } = {}) => withQuery(`${root}/tasks`, query),
    datasets: `${root}/datasets`,
    dataset: (datasetVersionId: string) => `${root}/datasets/${datasetVersionId}`,
    runs: `${root}/runs`,
    run: (runId: string) => `${root}/runs/${runId}`,
    runReport: (runId: string) => `${root}/runs/${runId}/report`,
    compareRuns: (runIds: readonly string[]) => `${root}/runs/compare?runs=${runIds.join(",")}`,
    models: `${root}/models`,
    model: (modelVersionId: string) => `${root}/models/${modelVersionId}`,
    playground: (query: { left?: string; right?: string; reward?: string } = {}) =>
      withQuery(`${root}/playground`, query),
    settings: `${root}/settings`,
    /** Folders of files; `/all.tar` or a file's name follows. */
    files: {
      dataset: (datasetVersionId: string) => `${files}/datasets/${datasetVersionId}`,
      /** A dataset version's records in the formats of other tools. */
      datasetExport: (datasetVersionId: string) => `${files}/datasets/${datasetVersionId}/export`,
      labels: `${files}/labels`,
      tasks: `${files}/tasks`,
      model: (modelVersionId: string) => `${files}/models/${modelVersionId}`,
      /** The address that takes a file's bytes (POST). */
      upload: (file: { name: string; hint?: string }) => withQuery(`${files}/imports`, file),
      importReport: (importId: string) => `${files}/imports/${importId}`,
      export: (exportId: string) => `${files}/exports/${exportId}`,
      checkpoint: (runId: string, checkpoint: string) => `${files}/runs/${runId}/checkpoints/${checkpoint}`,
    },
  };
};
