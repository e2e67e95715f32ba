import type { Share } from "@/domain/statistics/share";

/** A share on a line from 0 to 1 with its interval, and marks to compare it with. The numbers stand beside it as text. */
export function IntervalBar({ share, marks = [0.5] }: { share: Share; marks?: number[] }) {
  if (share.value === null || share.low === null || share.high === null) return null;
  const at = (value: number) => 2 + value * 116;
  return (
    <svg viewBox="0 0 120 12" className="h-3 w-32 shrink-0" aria-hidden>
      <line x1={at(0)} x2={at(1)} y1="6" y2="6" stroke="var(--color-line)" strokeWidth="2" />
      {marks.map((mark) => (
        <line key={mark} x1={at(mark)} x2={at(mark)} y1="0" y2="12" stroke="var(--color-line-strong)" />
      ))}
      <line x1={at(share.low)} x2={at(share.high)} y1="6" y2="6" stroke="var(--color-accent)" strokeWidth="2" />
      <circle cx={at(share.value)} cy="6" r="3" fill="var(--color-accent)" />
    </svg>
  );
}
