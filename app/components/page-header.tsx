import { ChevronRight } from "lucide-react";
import Link from "next/link";
import { Fragment, type ReactNode } from "react";

/** Title, one line about the page, and its actions. `trail` leads back up. */
export function PageHeader({
  title,
  about,
  trail = [],
  actions,
  badge,
}: {
  title: ReactNode;
  about?: ReactNode;
  trail?: { label: string; href: string }[];
  actions?: ReactNode;
  badge?: ReactNode;
}) {
  return (
    <header className="mb-4 flex flex-wrap items-end gap-x-4 gap-y-3">
      <div className="min-w-0 flex-1 basis-72">
        {trail.length > 0 && (
          <nav aria-label="Breadcrumb" className="mb-0.5 flex items-center gap-1 text-muted text-xs">
            {trail.map((step) => (
              <Fragment key={step.href}>
                <Link href={step.href} className="hover:text-ink hover:underline">
                  {step.label}
                </Link>
                <ChevronRight className="size-3 text-faint" aria-hidden />
              </Fragment>
            ))}
          </nav>
        )}
        <h1 className="flex flex-wrap items-center gap-2 font-semibold text-xl [overflow-wrap:anywhere]">
          {title}
          {badge}
        </h1>
        {about && <p className="mt-0.5 max-w-3xl text-muted">{about}</p>}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </header>
  );
}
