"use client";

import { ChevronsUpDown, Layers } from "lucide-react";
import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { type ReactNode, useMemo } from "react";
import { ButtonLink } from "@/app/components/button";
import { cx } from "@/app/components/class-names";
import { type PaletteCommand, useCommands } from "@/app/components/command-palette";
import { EmptyState } from "@/app/components/empty-state";
import { Logo } from "@/app/components/logo";
import { Menu } from "@/app/components/menu";
import { useShortcuts } from "@/app/components/shortcuts";
import { SignInAgain } from "@/app/components/sign-in-again";
import { UserMenu } from "@/app/components/user-menu";
import type { Outputs } from "@/app/trpc-client";
import { paths, pathsOf } from "@/domain/paths";
import { NAV } from "./nav";
import { useProject } from "./project-context";
import { TrainerState } from "./trainer-state";

/** Navigation beside the page: a column, narrow while labelling so that the texts get the room, a row on a phone. */
export function Shell({ me, children }: { me: Outputs["access"]["me"]; children: ReactNode }) {
  const project = useProject();
  const router = useRouter();
  const to = useMemo(() => pathsOf(project.slug), [project.slug]);
  const section =
    usePathname()
      .slice(to.overview.length + 1)
      .split("/")[0] ?? "";
  const narrow = section === "label";
  const isAdmin = project.role === "admin";
  const entries = useMemo(() => NAV.filter((entry) => isAdmin || !entry.adminOnly), [isAdmin]);

  useShortcuts(
    "Go to",
    entries.map((entry) => ({
      keys: `G ${entry.key}`,
      label: entry.label,
      run: () => router.push(to.page(entry.path)),
    })),
  );
  useCommands(
    useMemo<PaletteCommand[]>(
      () => [
        ...entries.map(({ path, label, key, icon: Icon }) => ({
          label,
          group: "Pages",
          keys: `G ${key}`,
          icon: <Icon />,
          run: () => router.push(to.page(path)),
        })),
        ...me.projects
          .filter(({ slug }) => slug !== project.slug)
          .map(({ slug, name }) => ({
            label: name,
            group: "Projects",
            icon: <Layers />,
            run: () => router.push(pathsOf(slug).overview),
          })),
        { label: "All projects", group: "Projects", icon: <Layers />, run: () => router.push(paths.projects) },
      ],
      [entries, to, router, me.projects, project.slug],
    ),
  );

  return (
    <div className="min-h-dvh md:flex">
      <SignInAgain key={me.id} person={me} />
      <aside
        className={cx(
          "z-30 flex gap-1 border-line bg-sunken px-2 max-md:sticky max-md:top-0 max-md:items-center max-md:border-b max-md:py-1",
          "md:sticky md:top-0 md:h-dvh md:shrink-0 md:flex-col md:border-r md:py-3",
          narrow ? "md:w-13" : "md:w-52",
        )}
      >
        <Menu
          align="start"
          trigger={
            <button
              type="button"
              aria-label={`${project.name}: switch project`}
              className="flex h-9 min-w-0 items-center gap-2 rounded-md px-1.5 text-left hover:bg-hover md:mb-2"
            >
              <Logo className="size-5 shrink-0" />
              <span className={cx("min-w-0 flex-1 truncate font-semibold max-md:sr-only", narrow && "md:sr-only")}>
                {project.name}
              </span>
              <ChevronsUpDown aria-hidden className={cx("size-3.5 shrink-0 text-faint", narrow && "md:hidden")} />
            </button>
          }
          entries={[
            ...me.projects.slice(0, 12).map(({ slug, name }) => ({
              label: name,
              checked: slug === project.slug,
              onSelect: () => router.push(pathsOf(slug).overview),
            })),
            "separator",
            { label: "All projects", onSelect: () => router.push(paths.projects) },
          ]}
        />
        <nav aria-label="Project" className="relative flex min-w-0 flex-1 gap-0.5 max-md:overflow-x-auto md:flex-col">
          {entries.map(({ path, label, icon: Icon, key }) => (
            <Link
              key={path}
              href={to.page(path)}
              aria-current={path === section ? "page" : undefined}
              title={`${label} (G then ${key})`}
              className={cx(
                "flex h-8 shrink-0 items-center gap-2.5 rounded-md px-2 text-muted hover:bg-hover hover:text-ink",
                "aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-ink",
              )}
            >
              <Icon aria-hidden className="size-4 shrink-0" />
              <span className={cx(path !== section && "max-md:sr-only", narrow && "md:sr-only")}>{label}</span>
            </Link>
          ))}
        </nav>
        <div className="max-md:hidden">{isAdmin && <TrainerState narrow={narrow} />}</div>
        <UserMenu name={me.name} email={me.email} compact={narrow} />
      </aside>
      <main className="min-w-0 flex-1 px-4 py-5 md:px-6">
        <div className={narrow ? undefined : "mx-auto max-w-6xl"}>
          {isAdmin || section === "" || entries.some(({ path }) => path === section) ? (
            children
          ) : (
            <EmptyState title="Only admins see this page" action={<ButtonLink href={to.label}>Label</ButtonLink>} />
          )}
        </div>
      </main>
    </div>
  );
}
