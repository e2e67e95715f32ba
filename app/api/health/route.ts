/** Answers as soon as the site takes requests; the start script waits for it. */
export const dynamic = "force-dynamic";
export const GET = () => Response.json({ status: "ok" });
