import { describeBackend, loadBackend } from "../engine/backend";
import { type Check, isKept } from "../selftest/check";
import { selftest as runChecks } from "../selftest/selftest";

/**
 * `selftest` writes one line for each figure with its bound, as soon as the figure is computed, or as JSON one object
 * at the end.
 *
 * @returns whether every bound was kept
 */
export async function selftest({ write, json }: { write: (line: string) => void; json?: boolean }): Promise<boolean> {
  const started = performance.now();
  const backend = describeBackend(await loadBackend());
  if (!json) write(backend);
  const checks: (Check & { kept: boolean })[] = [];
  for await (const check of runChecks()) {
    if (!json) write(describe(check));
    checks.push({ ...check, kept: isKept(check) });
  }
  const kept = checks.filter((check) => check.kept).length;
  const missed = checks.length - kept;
  const seconds = Math.round((performance.now() - started) / 1000);
  if (json) write(JSON.stringify({ backend, kept, missed, seconds, checks }, null, 2));
  else
    write(
      missed === 0
        ? `All ${kept} bounds kept in ${seconds} s.`
        : `${missed} of ${kept + missed} bounds MISSED in ${seconds} s.`,
    );
  return missed === 0;
}

function describe(check: Check): string {
  const { name, figure, bound, must } = check;
  return `${isKept(check) ? "ok    " : "MISSED"} ${name}: ${figure.toPrecision(4)} (${must} ${bound})`;
}
