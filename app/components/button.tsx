import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./class-names";
import { KeyHint } from "./key-hint";

export type ButtonLook = {
  variant?: "primary" | "default" | "quiet" | "danger";
  size?: "sm" | "md" | "lg";
  /** Printed on the button; binding the key is `useShortcuts`. */
  keys?: string;
  icon?: ReactNode;
};

const VARIANTS = {
  primary: "bg-accent text-accent-ink hover:bg-accent-hover",
  default: "border border-line-strong bg-surface text-ink shadow-raised hover:bg-hover",
  quiet: "text-muted hover:bg-hover hover:text-ink",
  danger: "border border-line-strong bg-surface text-bad hover:bg-bad-soft",
};
const SIZES = { sm: "h-7 gap-1.5 px-2 text-xs", md: "h-8 gap-2 px-3 text-sm", lg: "h-10 gap-2 px-4 text-base" };

const classes = ({ variant = "default", size = "md" }: ButtonLook, extra?: string) =>
  cx(
    "inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-md font-medium transition-colors",
    "disabled:pointer-events-none disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
    VARIANTS[variant],
    SIZES[size],
    extra,
  );

/** `busy` keeps the label, so that nothing jumps, and refuses a second click. */
export function Button({
  variant,
  size,
  keys,
  icon,
  busy = false,
  disabled,
  className,
  children,
  type = "button",
  ...rest
}: ButtonLook & { busy?: boolean } & ComponentProps<"button">) {
  return (
    <button
      type={type}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={classes({ variant, size }, cx(busy && "animate-pulse", className))}
      {...rest}
    >
      {icon}
      {children}
      {keys && <KeyHint keys={keys} onAccent={variant === "primary"} />}
    </button>
  );
}

/** A link that looks like a button. */
export function ButtonLink({
  variant,
  size,
  keys,
  icon,
  className,
  children,
  ...rest
}: ButtonLook & ComponentProps<typeof Link>) {
  return (
    <Link className={classes({ variant, size }, className)} {...rest}>
      {icon}
      {children}
      {keys && <KeyHint keys={keys} onAccent={variant === "primary"} />}
    </Link>
  );
}

/** A square button with an icon; `label` is its name and its tooltip. */
export function IconButton({
  label,
  icon,
  className,
  ...rest
}: { label: string; icon: ReactNode } & ComponentProps<"button">) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={cx(
        "inline-flex size-7 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink disabled:opacity-50 [&_svg]:size-4",
        className,
      )}
      {...rest}
    >
      {icon}
    </button>
  );
}
