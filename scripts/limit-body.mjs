// Limits what a request may send before anybody has looked at who sends it. Next's handlers read whole bodies into memory, so
// a body that is too long is refused by its length or, where it names none, ended as soon as it has grown too long.

const KB = 1024;
const MB = 1024 * KB;

/** The most bytes of a call to the API: far more than the longest answer of a person. */
const API_BYTES = MB;
/** The most bytes for every other address: a sign-in has some hundred. */
const OTHER_BYTES = 16 * KB;
/** The most bytes of longer bodies that are on their way at one time, over all connections together. */
const ALL_BYTES = 32 * MB;
/** A body must have arrived within this time; an upload must not pause for longer than its own limit. */
const BODY_MILLISECONDS = 30_000;
const UPLOAD_PAUSE_MILLISECONDS = 60_000;

const UPLOAD = /^\/api\/p\/[^/]+\/imports\/?(\?|$)/;
const API = /^\/api\/trpc\//;

/**
 * Makes the gate that every request goes through. It answers what it refuses.
 * @returns {(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => boolean} whether
 * the site may see the request
 */
export function createBodyGate({ allBytes = ALL_BYTES, bodyMilliseconds = BODY_MILLISECONDS } = {}) {
  let held = 0;
  return (request, response) => {
    const url = request.url ?? "";
    if (!isReadable(url)) return refuse(request, response, 400, "The address can't be read.");
    const length = request.headers["content-length"];
    if (length === undefined && request.headers["transfer-encoding"] === undefined) return true;
    if (UPLOAD.test(url)) {
      // An upload is streamed into a file, whose own limit holds; only its pauses are limited here.
      request.setTimeout(UPLOAD_PAUSE_MILLISECONDS, () => request.complete || request.destroy());
      return true;
    }
    const most = API.test(url) ? API_BYTES : OTHER_BYTES;
    const tooLong = () => refuse(request, response, 413, `A request may have ${most / KB} KB. Send less at a time.`);
    const asked = length === undefined ? most : Number(length);
    if (asked > most) return tooLong();
    // Short bodies always get through, so that nobody can keep people from signing in or sending an answer.
    const reserved = asked > OTHER_BYTES ? asked : 0;
    if (held + reserved > allBytes) return refuse(request, response, 503, "The server is busy. Try again in a moment.");
    held += reserved;
    response.once("close", () => {
      held -= reserved;
    });
    const late = () => request.complete || refuse(request, response, 408, "The request took too long to arrive.");
    const timer = setTimeout(late, bodyMilliseconds);
    for (const end of ["end", "close"]) request.once(end, () => clearTimeout(timer));
    countBytes(request, most, tooLong);
    return true;
  };
}

/** Next answers an address whose escapes are no UTF-8 with an error of its own. */
function isReadable(url) {
  try {
    return decodeURIComponent(url.split("?")[0]) !== null;
  } catch {
    return false;
  }
}

/** Looks at each piece as Node's parser hands it over, before anybody keeps it. */
function countBytes(request, most, tooLong) {
  const push = request.push.bind(request);
  let bytes = 0;
  request.push = (chunk, encoding) => {
    bytes += chunk?.length ?? 0;
    if (bytes <= most) return push(chunk, encoding);
    tooLong();
    return false;
  };
}

/** Answers and ends the connection, since what still comes on it would have to be read. */
function refuse(request, response, status, message) {
  const isApi = API.test(request.url ?? "");
  const code = { 400: "BAD_REQUEST", 408: "TIMEOUT", 413: "PAYLOAD_TOO_LARGE", 503: "SERVICE_UNAVAILABLE" }[status];
  const data = { code, httpStatus: status, userMessage: message, domainCode: null, issues: [] };
  if (!response.headersSent) {
    const type = isApi ? "application/json" : "text/plain; charset=utf-8";
    response.writeHead(status, { "content-type": type, connection: "close", "cache-control": "no-store" });
    // The pages read an answer of the API in the form that tRPC gives it.
    response.end(isApi ? JSON.stringify({ error: { json: { message, code: -32600, data } } }) : `${message}\n`);
  }
  // The answer gets a moment to be sent: a connection that is closed at once may lose it.
  setTimeout(() => request.destroy(), 100).unref();
  return false;
}
