import { expect, type Page } from "@playwright/test";

/** Sends a request of the signed-in person and gives the answer's JSON. */
export type Ask = (request: { path: string; type: string; body: string | null }) => Promise<unknown>;

/** Asks over HTTP, with the session that `cookie` belongs to. */
export const askOverHttp =
  (url: string, cookie: string): Ask =>
  async ({ path, type, body }) => {
    const method = body === null ? "GET" : "POST";
    const headers = { cookie, ...(body !== null && { "content-type": type }) };
    const answer = await fetch(`${url}${path}`, { method, headers, body });
    if (!answer.ok) throw new Error(`${path}: status ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };

/** Asks with the session of a page's browser. */
export const askAsPage =
  (page: Page): Ask =>
  async ({ path, type, body }) => {
    const answer =
      body === null
        ? await page.request.get(path)
        : await page.request.post(path, { data: Buffer.from(body), headers: { "content-type": type } });
    if (!answer.ok()) throw new Error(`${path}: status ${answer.status()}: ${await answer.text()}`);
    return answer.json();
  };

interface Wanted {
  /** The project's slug. */
  project: string;
  fileName: string;
  rows: readonly object[];
  takeAnswers?: boolean;
}

/** Imports rows over HTTP, as the dialog does: upload, look, import. Resolves when they are in the project. */
export async function importFile(ask: Ask, { project, fileName, rows, takeAnswers = false }: Wanted): Promise<void> {
  const body = rows.map((row) => JSON.stringify(row)).join("\n");
  const path = `/api/p/${project}/imports?name=${fileName}&hint=jsonl`;
  const { importId } = (await ask({ path, type: "application/octet-stream", body })) as { importId: string };
  const current = async () => {
    const input = encodeURIComponent(JSON.stringify({ json: { project } }));
    const answer = await ask({ path: `/api/trpc/prompts.currentImport?input=${input}`, type: "", body: null });
    return (answer as { result: { data: { json: { status: string } | null } } }).result.data.json;
  };
  await expect.poll(async () => (await current())?.status, { timeout: 60_000 }).toBe("ready");
  const choice = JSON.stringify({ json: { project, importId, takeAnswers } });
  await ask({ path: "/api/trpc/prompts.startImport", type: "application/json", body: choice });
  await expect.poll(current, { timeout: 60_000 }).toBeNull();
}
