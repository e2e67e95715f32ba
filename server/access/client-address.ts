import net from "node:net";

/** The site's own HTTP server (scripts/serve-site.mjs) sets this header anew on every request, so that nobody can send one. */
const ADDRESS_HEADER = "x-tuneloop-address";

/**
 * Reads the address that a request came from, which serves rate limits only. Of an IPv6 address the first 64 bits count,
 * since one household or machine has all the others. Where the site is served for development, everybody is `direct`.
 */
export function clientAddress(headers: Headers | Record<string, unknown> | undefined): string {
  const value = headers instanceof Headers ? headers.get(ADDRESS_HEADER) : headers?.[ADDRESS_HEADER];
  const address = typeof value === "string" && value !== "" ? value : "direct";
  return net.isIPv6(address) ? `${firstGroups(address)}::/64` : address;
}

function firstGroups(address: string): string {
  const [left = "", right] = address.split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right ? right.split(":") : [];
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => "0");
  const groups = right === undefined ? head : [...head, ...zeros, ...tail];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
