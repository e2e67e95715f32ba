import { checkHealth } from "../instance/check-health";

/** How the instance is, for whoever watches it: 200 where every part is well, else 503 with the part that is not. */
export async function answerHealth(): Promise<Response> {
  const health = await checkHealth();
  return Response.json(health, { status: health.ok ? 200 : 503, headers: { "cache-control": "no-store" } });
}
