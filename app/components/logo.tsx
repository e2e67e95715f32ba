/** A loop that has not quite closed yet, and the arrow that closes it. */
export function Logo({ className = "size-5" }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 32 32"
      fill="none"
      stroke="currentColor"
      strokeWidth="4"
      strokeLinecap="round"
      className={`text-accent ${className}`}
      aria-hidden
    >
      <title>Tuneloop</title>
      <path d="M25.5 12A10.5 10.5 0 1 0 26.5 18" />
      <path d="M26.5 6v6.5H20" strokeLinejoin="round" />
    </svg>
  );
}
