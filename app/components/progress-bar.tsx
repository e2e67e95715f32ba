/** Without `total` it shows that work goes on, not how far it is. */
export function ProgressBar({ value, total, label }: { value: number; total: number | null; label: string }) {
  const share = total ? Math.min(1, value / total) : 0;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total ?? undefined}
      aria-valuenow={total ? value : undefined}
      className="h-1.5 overflow-hidden rounded-full bg-hover"
    >
      {total ? (
        <div
          className="h-full rounded-full bg-accent transition-[width] duration-300"
          style={{ width: `${share * 100}%` }}
        />
      ) : (
        <div className="animate-sweep h-full w-1/3 rounded-full bg-accent/60" />
      )}
    </div>
  );
}
