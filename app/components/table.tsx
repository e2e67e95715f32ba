import type { ComponentProps } from "react";
import { cx } from "./class-names";

/**
 * A dense table that scrolls sideways inside its own frame on a narrow screen. The frame is positioned, else words for
 * screen readers alone, which are positioned too, would stick out of it and make the page scroll.
 */
export function Table({ className, ...rest }: ComponentProps<"table">) {
  return (
    <div className="relative overflow-x-auto rounded-lg border border-line bg-surface">
      <table className={cx("w-full border-collapse text-sm", className)} {...rest} />
    </div>
  );
}

export function Th({ className, numeric, ...rest }: { numeric?: boolean } & ComponentProps<"th">) {
  return (
    <th
      scope="col"
      className={cx(
        "whitespace-nowrap border-line border-b bg-sunken/60 px-3 py-1.5 font-medium text-muted text-xs",
        numeric ? "text-right" : "text-left",
        className,
      )}
      {...rest}
    />
  );
}

/** Heads the column of a row's buttons, which needs no words but for screen readers. */
export const ActionsTh = () => (
  <Th>
    <span className="sr-only">Actions</span>
  </Th>
);

export function Td({ className, numeric, ...rest }: { numeric?: boolean } & ComponentProps<"td">) {
  return <td className={cx("px-3 py-2 align-top", numeric && "text-right tabular-nums", className)} {...rest} />;
}

export function Tr({ className, ...rest }: ComponentProps<"tr">) {
  return <tr className={cx("border-line border-b last:border-b-0 hover:bg-hover/50", className)} {...rest} />;
}
