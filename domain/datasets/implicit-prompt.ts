/**
 * Finds the turns with which two conversations begin alike. TRL calls them the implicit prompt: its files may hold
 * whole conversations under `chosen` and `rejected` and have no `prompt`. Each conversation keeps at least its last
 * turn.
 *
 * @returns null where the values are not two conversations that begin alike
 */
export function implicitPrompt(
  chosen: unknown,
  rejected: unknown,
): { prompt: unknown[]; chosen: unknown[]; rejected: unknown[] } | null {
  if (!Array.isArray(chosen) || !Array.isArray(rejected)) return null;
  const most = Math.min(chosen.length, rejected.length) - 1;
  let alike = 0;
  while (alike < most && JSON.stringify(chosen[alike]) === JSON.stringify(rejected[alike])) alike += 1;
  return alike < 1
    ? null
    : { prompt: chosen.slice(0, alike), chosen: chosen.slice(alike), rejected: rejected.slice(alike) };
}
