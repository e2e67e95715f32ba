/** An origin that nobody has; what leaves it would leave the site. */
const HERE = "https://this-site.invalid";

/**
 * Gives the path to which a sign-in leads, as browsers understand it. Anything that would lead to another site becomes the
 * start page: browsers drop tabs and line ends, take `\\` for `/`, and resolve dots, so that only a parsed address tells.
 */
export function pathOfThisSite(wanted: unknown): string {
  if (typeof wanted !== "string" || !wanted.startsWith("/")) return "/";
  const path = parse(wanted);
  // What was parsed is parsed once more as it will be: `/.//elsewhere` becomes `//elsewhere`.
  return path !== null && parse(path) === path ? path : "/";
}

function parse(path: string): string | null {
  if (!URL.canParse(path, HERE)) return null;
  const { origin, pathname, search, hash } = new URL(path, HERE);
  return origin === HERE ? pathname + search + hash : null;
}
