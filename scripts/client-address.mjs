// Finds the address of whoever sent a request, for rate limits: the socket's own, unless the socket belongs to a proxy
// that TRUSTED_PROXIES names; what such a proxy says of its client is then believed, and nobody else's word.
import net from "node:net";

/** The header in which the site's handlers find the address. The server sets it anew on every request. */
export const ADDRESS_HEADER = "x-tuneloop-address";

/** These headers are a proxy's to set; from anybody else they are removed. */
const FORWARDED = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto"];

/**
 * Reads TRUSTED_PROXIES: addresses and networks (`10.0.0.0/8`), separated by commas or spaces.
 * @throws Error that names the part that is neither
 */
export function readTrustedProxies(text = "") {
  const list = new net.BlockList();
  for (const part of text.split(/[\s,]+/).filter(Boolean)) {
    const [address, prefix, ...rest] = part.split("/");
    const family = familyOf(address);
    const bits = prefix === undefined ? undefined : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
    const isPrefix = bits === undefined || bits <= (family === "ipv4" ? 32 : 128);
    if (!family || rest.length > 0 || !isPrefix)
      throw new Error(
        `TRUSTED_PROXIES must hold addresses such as 10.0.0.5 or networks such as 10.0.0.0/8, not "${part}"`,
      );
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, bits, family);
  }
  return list;
}

function familyOf(address) {
  const version = net.isIP(address);
  return version === 4 ? "ipv4" : version === 6 ? "ipv6" : undefined;
}

/** An IPv4 address that came through an IPv6 socket is the same address. */
const plain = (address) => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address.replace(/%.*$/, "");

const isTrusted = (proxies, address) => {
  const family = familyOf(address);
  return family !== undefined && proxies.check(address, family);
};

/**
 * Walks from the socket outwards: each trusted proxy names the next one, until an address comes that is nobody's proxy.
 * @param peer the socket's address
 * @param forwardedFor the header `x-forwarded-for`, to whose end every proxy appends the address that it saw
 */
export function addressOf(peer, forwardedFor, proxies) {
  let address = plain(peer ?? "");
  const said = String(forwardedFor ?? "").split(",");
  while (isTrusted(proxies, address) && said.length > 0) {
    const next = plain(withoutPort(said.pop().trim()));
    if (!familyOf(next)) break;
    address = next;
  }
  return address || "unknown";
}

/** Some proxies append the port as well: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(text) {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
}

/** Puts the address into the request's headers, and takes out what only a trusted proxy may say. */
export function stampAddress(request, proxies) {
  const peer = request.socket.remoteAddress;
  request.headers[ADDRESS_HEADER] = addressOf(peer, request.headers["x-forwarded-for"], proxies);
  if (isTrusted(proxies, plain(peer ?? ""))) return;
  for (const name of FORWARDED) delete request.headers[name];
}
