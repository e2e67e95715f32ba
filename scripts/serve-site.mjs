// Serves the built site: Next behind an HTTP server of our own, because Next shows its handlers neither the socket's address
// nor answers that it makes by itself (files, redirects, errors). Every request gets the address that it came from, and
// every answer the headers that protect it. The start script runs this file; `npm run dev` serves with `next dev`.
import http from "node:http";
import next from "next";
import { readTrustedProxies, stampAddress } from "./client-address.mjs";
import { createBodyGate } from "./limit-body.mjs";
import { protectAnswer, refuseBrokenRequest } from "./protect-answer.mjs";
import { ROOT } from "./settings.mjs";

const { HOST: hostname, PORT, NEXTAUTH_URL, TRUSTED_PROXIES } = process.env;
const port = Number(PORT);
const proxies = readTrustedProxies(TRUSTED_PROXIES);
const isHttps = NEXTAUTH_URL?.startsWith("https:") ?? false;

const site = next({ dev: false, dir: ROOT, hostname, port });
const handle = site.getRequestHandler();

const letIn = createBodyGate();

// The gate limits the time of bodies, for Node's own limit would end an upload that takes long.
const server = http.createServer({ requestTimeout: 0, headersTimeout: 20_000 }, (request, response) => {
  stampAddress(request, proxies);
  protectAnswer(response, { isHttps });
  if (!letIn(request, response)) return;
  handle(request, response).catch((error) => {
    console.error(error);
    if (response.headersSent) response.destroy();
    else response.writeHead(500, { "content-type": "text/plain; charset=utf-8" }).end("Something went wrong.\n");
  });
});

server.on("clientError", refuseBrokenRequest);

await site.prepare();
server.listen(port, hostname);
server.once("error", (error) => {
  console.error(error);
  process.exit(1);
});

for (const signal of ["SIGTERM", "SIGINT"])
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
