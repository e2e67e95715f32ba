import { checkHealth } from "../instance/check-health";

/** Answers whoever watches the instance: 200 where every part is well, else 503 with the part that is not. */
export async function answerHealth(): Promise<Response> {
  const health = await checkHealth();
  return Response.json(health, { status: health.ok ? 200 : 503, headers: { "cache-control": "no-store" } });
}
