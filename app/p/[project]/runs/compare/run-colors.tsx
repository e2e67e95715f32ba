/** One colour a run, the same in every part of the page, and a dash so that colour is never the only sign. */
const LOOKS = [
  { color: "var(--color-accent)", dash: undefined },
  { color: "var(--color-warn)", dash: "6 3" },
  { color: "var(--color-good)", dash: "2 3" },
  { color: "var(--color-bad)", dash: "8 3 2 3" },
] as const;

export const lookOf = (place: number) => LOOKS[place % LOOKS.length] ?? LOOKS[0];

/** A piece of the run's line, beside its name. */
export function RunLine({ place }: { place: number }) {
  const { color, dash } = lookOf(place);
  return (
    <svg viewBox="0 0 24 8" className="inline-block h-2 w-6 shrink-0" aria-hidden>
      <line x1="0" y1="4" x2="24" y2="4" stroke={color} strokeWidth="2" strokeDasharray={dash} />
    </svg>
  );
}
