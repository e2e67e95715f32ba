// Annotators as their page calls the site: the next task is fetched while one is judged, an answer is sent, and how far one
// is is asked for now and then. Runs in a process of its own and prints a JSON line of what it measured.
import { randomUUID } from "node:crypto";
import http from "node:http";

const { url, slug, cookies, seconds, pauseMs, progressEvery } = JSON.parse(process.argv[2]);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
const times = { next: [], submit: [], progress: [] };
const errors = [];
const acknowledged = [];

function request(method, path, cookie, body) {
  return new Promise((resolve, reject) => {
    const headers = {
      cookie,
      ...(body && { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
    };
    const sent = http.request(`${url}${path}`, { method, agent, headers }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => resolve({ status: answer.statusCode, text: Buffer.concat(chunks).toString() }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Calls one procedure as the browser's batch link does; null where the site refuses. */
async function call(name, type, cookie, input) {
  const begun = performance.now();
  const wire = JSON.stringify({ 0: { json: { project: slug, ...input } } });
  const { status, text } = await (type === "query"
    ? request("GET", `/api/trpc/labels.${name}?batch=1&input=${encodeURIComponent(wire)}`, cookie)
    : request("POST", `/api/trpc/labels.${name}?batch=1`, cookie, wire));
  times[name].push(performance.now() - begun);
  if (status !== 200) {
    errors.push(`${name}: ${status} ${text.slice(0, 200)}`);
    return null;
  }
  return JSON.parse(text)[0].result.data.json;
}

function answerTo({ taskId, completions }) {
  const shownOrder = completions.map(({ id }) => id);
  const [chosenCompletionId, rejectedCompletionId] = Math.random() < 0.5 ? shownOrder : shownOrder.toReversed();
  return {
    taskId,
    kind: "comparison",
    comparison: { outcome: "chosen", strength: "clearly", chosenCompletionId, rejectedCompletionId },
    idempotencyKey: randomUUID(),
    shownOrder,
    durationMs: 5000,
  };
}

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function annotate(cookie, until) {
  let current = await call("next", "query", cookie, { exclude: [] });
  let given = 0;
  if (pauseMs) await sleep(Math.random() * pauseMs);
  while (current && performance.now() < until) {
    const begun = performance.now();
    const prefetched = call("next", "query", cookie, { exclude: [current.taskId] });
    if (pauseMs) await sleep(pauseMs * (0.5 + Math.random()));
    const answer = answerTo(current);
    const [saved, next] = await Promise.all([call("submit", "mutation", cookie, answer), prefetched]);
    if (saved) acknowledged.push({ taskId: answer.taskId, labelId: saved.labelId });
    given++;
    if (given % progressEvery === 0) await call("progress", "query", cookie, {});
    current = next;
    if (!saved && performance.now() - begun < 50) await sleep(50);
  }
}

const begun = performance.now();
await Promise.all(cookies.map((cookie) => annotate(cookie, begun + seconds * 1000)));
const took = (performance.now() - begun) / 1000;
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
const told = Object.fromEntries(
  Object.entries(times).map(([name, all]) => {
    const sorted = all.sort((a, b) => a - b);
    return [
      name,
      { count: all.length, p50: at(sorted, 0.5), p95: at(sorted, 0.95), p99: at(sorted, 0.99), max: at(sorted, 1) },
    ];
  }),
);
const { user, system } = process.cpuUsage();
console.log(
  JSON.stringify({
    seconds: took,
    labels: acknowledged.length,
    labelsPerSecond: acknowledged.length / took,
    calls: told,
    errors: errors.length,
    firstErrors: errors.slice(0, 3),
    driverCpuSeconds: (user + system) / 1e6,
  }),
);
agent.destroy();
