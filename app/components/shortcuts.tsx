"use client";

import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Dialog } from "./dialog";
import { KeyHint } from "./key-hint";

export type Shortcut = {
  /** One key ("A", "?", "1", "Escape"), with modifiers ("Ctrl+Enter"; Ctrl is ⌘ on a Mac too), or two in a row ("G P"). */
  keys: string;
  label: string;
  run: () => void;
  /** The shortcut also works while a text field has the focus. Single keys and Ctrl+Z belong to the text there. */
  whileTyping?: boolean;
  disabled?: boolean;
};
type Group = { name: string; shortcuts: Shortcut[] };

let groups: Group[] = [];
const listeners = new Set<() => void>();
const publish = (next: Group[]) => {
  groups = next;
  for (const notify of listeners) notify();
};

/** Binds keys while the component is mounted, and lists them under `name` in the dialog that `?` opens. */
export function useShortcuts(name: string, shortcuts: Shortcut[]): void {
  const group = useRef<Group>({ name, shortcuts });
  useEffect(() => {
    group.current.shortcuts = shortcuts;
  });
  useEffect(() => {
    const mine = group.current;
    publish([...groups, mine]);
    return () => publish(groups.filter((other) => other !== mine));
  }, []);
}

const TYPING =
  "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=range]), textarea, select, [contenteditable=true]";

function matches(event: KeyboardEvent, keys: string, before: string | null): boolean {
  const [first, second] = keys.split(" ");
  if (second !== undefined) return before === first?.toLowerCase() && matches(event, second, null);
  const parts = keys.split(/\+(?=.)/);
  const key = parts.at(-1) ?? "";
  const wants = (modifier: string) => parts.slice(0, -1).includes(modifier);
  if ((event.ctrlKey || event.metaKey) !== wants("Ctrl") || event.altKey !== wants("Alt")) return false;
  if (key === "Space") return event.code === "Space";
  // Printed signs such as ? need Shift on some keyboards and none on others: only letters look at it.
  if (/^[a-z]$/i.test(key) && event.shiftKey !== wants("Shift")) return false;
  return event.key.toLowerCase() === key.toLowerCase();
}

/** The one key listener of the site, the list of keys (`?`). Newer bindings win, so a dialog's come before the page's. */
export function ShortcutListener() {
  const [helpOpen, setHelpOpen] = useState(false);
  useShortcuts("Everywhere", [{ keys: "?", label: "Show the keys", run: () => setHelpOpen(true) }]);

  useEffect(() => {
    let before: string | null = null;
    let beforeAt = 0;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.repeat) return;
      const target = event.target instanceof Element ? event.target : null;
      const typing = target?.closest(TYPING) != null;
      // An open dialog has the keyboard to itself, except for bindings made inside it with whileTyping.
      const behindDialog = document.querySelector('[role="dialog"][data-state="open"]') !== null;
      const sequence = event.timeStamp - beforeAt < 1_200 ? before : null;
      before =
        !typing && !behindDialog && event.key.length === 1 && !event.ctrlKey && !event.metaKey
          ? event.key.toLowerCase()
          : null;
      beforeAt = event.timeStamp;
      for (const group of groups.toReversed()) {
        for (const shortcut of group.shortcuts) {
          if (shortcut.disabled || ((typing || behindDialog) && !shortcut.whileTyping)) continue;
          if (!matches(event, shortcut.keys, sequence)) continue;
          event.preventDefault();
          before = null;
          shortcut.run();
          return;
        }
      }
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);

  return <ShortcutHelp open={helpOpen} onOpenChange={setHelpOpen} />;
}

const none: Group[] = [];
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

function ShortcutHelp({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const shown = useSyncExternalStore(
    subscribe,
    () => groups,
    () => none,
  );
  const names = [...new Set(shown.map((group) => group.name))].sort((a, b) => rank(a) - rank(b));
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keys" width="lg">
      <div className="gap-8 sm:columns-2">
        {names.map((name) => (
          <section key={name} className="mb-5 break-inside-avoid">
            <h3 className="mb-1 font-medium text-muted text-xs">{name}</h3>
            <ul className="divide-y divide-line">
              {shown
                .filter((group) => group.name === name)
                .flatMap((group) => group.shortcuts)
                .map((shortcut) => (
                  <li key={shortcut.keys} className="flex items-center justify-between gap-4 py-1.5">
                    {shortcut.label}
                    <KeyHint keys={shortcut.keys} />
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

/** The page's own keys come first. */
const rank = (name: string): number => ["Everywhere", "Go to"].indexOf(name) + 1;
