"use client";

import { KeyRound, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { signOut } from "next-auth/react";
import { paths } from "@/domain/paths";
import { cx } from "./class-names";
import { Menu } from "./menu";
import { chooseTheme } from "./theme";

async function leave() {
  await signOut({ redirect: false });
  window.location.assign(paths.login());
}

/** Who is signed in; the theme and the way out. */
export function UserMenu({ name, email, compact = false }: { name: string; email: string; compact?: boolean }) {
  const initials = name
    .split(/\s+/)
    .map((word) => word[0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();
  return (
    <Menu
      align={compact ? "start" : "end"}
      trigger={
        <button
          type="button"
          aria-label={`${name}: theme and sign out`}
          title={email}
          className="flex min-w-0 items-center gap-2 rounded-md p-1 text-left hover:bg-hover"
        >
          <span
            aria-hidden
            className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-soft font-medium text-2xs text-accent"
          >
            {initials || "?"}
          </span>
          <span className={cx("truncate pr-1 text-xs max-md:sr-only", compact && "sr-only")}>{name}</span>
        </button>
      }
      entries={[
        { label: "Match the system", icon: <Monitor />, onSelect: () => chooseTheme("system") },
        { label: "Light", icon: <Sun />, onSelect: () => chooseTheme("light") },
        { label: "Dark", icon: <Moon />, onSelect: () => chooseTheme("dark") },
        "separator",
        { label: "Password", icon: <KeyRound />, onSelect: () => window.location.assign(paths.account) },
        { label: "Sign out", icon: <LogOut />, onSelect: () => void leave() },
      ]}
    />
  );
}
