import { describeBackend, loadBackend } from "../engine/backend";
import { type Check, isKept } from "../oracle/check";
import { selftest as runChecks } from "../oracle/selftest";

/**
 * `selftest`: a line a figure with its bound, as it comes.
 *
 * @returns whether every bound was kept
 */
export async function selftest({ write }: { write: (line: string) => void }): Promise<boolean> {
  const started = performance.now();
  write(describeBackend(await loadBackend()));
  let kept = 0;
  let missed = 0;
  for await (const check of runChecks()) {
    write(describe(check));
    if (isKept(check)) kept += 1;
    else missed += 1;
  }
  const seconds = Math.round((performance.now() - started) / 1000);
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
