import { methodNamed } from "./methods";

/**
 * Takes out of a stored configuration the keys that its method no longer has, and says what became of each, so that the
 * run can still be run and shown. Where a person asks for such a key it is refused (`parse-run-config.ts`).
 */
export function withoutRetiredKeys(stored: object): { configuration: Record<string, unknown>; notices: string[] } {
  const values = stored as Readonly<Record<string, unknown>>;
  const retired = methodNamed(String(values.method))?.retiredKeys ?? {};
  const isRetired = (key: string) => Object.hasOwn(retired, key);
  const notices = Object.keys(values)
    .filter(isRetired)
    .map((key) => `${key} is ignored: ${retired[key]}.`);
  const kept = Object.entries(values).filter(([key]) => !isRetired(key));
  return { configuration: Object.fromEntries(kept), notices };
}
