/** The policy of everything that is no page: files, data and refusals run nothing and load nothing. */
const NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const ALWAYS = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
};

/** The browser then asks for this site by https alone, for a year after its last visit. Other sites of the domain are free. */
const HSTS = "max-age=31536000";

/**
 * Gives an answer, whoever writes it, the headers that it does not have yet when its first byte goes out. A page has a
 * policy of its own, with a nonce (proxy.ts).
 */
export function protectAnswer(response, { isHttps }) {
  const { writeHead } = response;
  response.writeHead = function writeProtectedHead(...args) {
    const own = args.find((arg) => typeof arg === "object" && arg !== null);
    const given = new Set(
      (Array.isArray(own) ? own.filter((_, at) => at % 2 === 0) : Object.keys(own ?? {})).map(lower),
    );
    const set = (name, value) => {
      if (!this.hasHeader(name) && !given.has(lower(name))) this.setHeader(name, value);
    };
    for (const [name, value] of Object.entries(ALWAYS)) set(name, value);
    set("Content-Security-Policy", NOTHING);
    if (isHttps) set("Strict-Transport-Security", HSTS);
    return writeHead.apply(this, args);
  };
}

const REFUSALS = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** Answers what is no HTTP, or takes for ever to become a request, with the headers of every other answer. */
export function refuseBrokenRequest(error, socket) {
  if (error.code === "ECONNRESET" || !socket.writable) return;
  const headers = Object.entries({ ...ALWAYS, "Content-Security-Policy": NOTHING, Connection: "close" });
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${REFUSALS[error.code] ?? "400 Bad Request"}`, ...lines, "", ""].join("\r\n"));
}

const lower = (name) => String(name).toLowerCase();
