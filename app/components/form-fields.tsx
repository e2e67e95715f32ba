import { type ComponentProps, cloneElement, isValidElement, type ReactElement, type ReactNode, useId } from "react";
import { cx } from "./class-names";

const CONTROL =
  "w-full rounded-md border border-line-strong bg-surface text-ink shadow-raised disabled:opacity-60 aria-invalid:border-bad";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={cx(CONTROL, "h-8 px-2.5 text-sm", className)} {...rest} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea className={cx(CONTROL, "px-2.5 py-1.5 text-sm leading-5", className)} {...rest} />;
}

/** The platform's own list: works by keyboard, on a phone and with every screen reader. */
export function Select({ className, ...rest }: ComponentProps<"select">) {
  return <select className={cx(CONTROL, "h-8 pr-7 pl-2 text-sm", className)} {...rest} />;
}

export function Checkbox({ label, hint, ...rest }: { label: ReactNode; hint?: ReactNode } & ComponentProps<"input">) {
  return (
    <label className="flex items-start gap-2">
      <input type="checkbox" className="mt-0.5 size-4 accent-accent" {...rest} />
      <span>
        {label}
        {hint && <span className="block text-xs text-muted">{hint}</span>}
      </span>
    </label>
  );
}

type ControlProps = { id?: string; "aria-describedby"?: string; "aria-invalid"?: boolean };

/** Label, control, hint and error, tied together for screen readers. Its child is the control. */
export function Field({
  label,
  hint,
  error,
  children,
  className,
}: {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  children: ReactElement<ControlProps>;
  className?: string;
}) {
  const id = useId();
  const described = error || hint ? `${id}-about` : undefined;
  return (
    <div className={cx("grid content-start gap-1", className)}>
      <label htmlFor={id} className="text-xs font-medium text-muted">
        {label}
      </label>
      {isValidElement(children) &&
        cloneElement(children, { id, "aria-describedby": described, "aria-invalid": error ? true : undefined })}
      {described && (
        <p id={described} className={cx("text-xs", error ? "text-bad" : "text-faint")}>
          {error || hint}
        </p>
      )}
    </div>
  );
}
