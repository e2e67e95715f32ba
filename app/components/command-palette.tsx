"use client";

import { Command } from "cmdk";
import { Dialog as Primitive } from "radix-ui";
import { type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
import { KeyHint } from "./key-hint";
import { useShortcuts } from "./shortcuts";

export type PaletteCommand = {
  label: string;
  group: string;
  run: () => void;
  keys?: string;
  icon?: ReactNode;
  words?: string;
};

let sources: PaletteCommand[][] = [];
const listeners = new Set<() => void>();
const publish = (next: PaletteCommand[][]) => {
  sources = next;
  for (const notify of listeners) notify();
};

/** Offers commands in the palette while the component is mounted. Keep the array stable (useMemo). */
export function useCommands(commands: PaletteCommand[]): void {
  useEffect(() => {
    publish([...sources, commands]);
    return () => publish(sources.filter((other) => other !== commands));
  }, [commands]);
}

const none: PaletteCommand[][] = [];

/** Ctrl/⌘+K: every page and every act, by typing a part of its name. */
export function CommandPalette() {
  const [open, setOpen] = useState(false);
  useShortcuts("Everywhere", [
    { keys: "Ctrl+K", label: "Go to a page or do something", run: () => setOpen(true), whileTyping: true },
  ]);
  const commands = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => sources,
    () => none,
  ).flat();
  const groupNames = [...new Set(commands.map((command) => command.group))];

  return (
    <Primitive.Root open={open} onOpenChange={setOpen}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Primitive.Content
          aria-describedby={undefined}
          className="animate-appear fixed inset-x-2 top-[14dvh] z-50 mx-auto max-w-lg overflow-hidden rounded-lg border border-line bg-surface shadow-floating"
        >
          <Primitive.Title className="sr-only">Commands</Primitive.Title>
          <Command loop>
            <Command.Input
              placeholder="Go to a page or do something…"
              className="h-11 w-full border-line border-b bg-transparent px-4 text-base outline-none"
            />
            <Command.List className="max-h-[50dvh] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-6 text-center text-muted">Nothing matches.</Command.Empty>
              {groupNames.map((name) => (
                <Command.Group
                  key={name}
                  heading={name}
                  className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:text-xs"
                >
                  {commands
                    .filter((command) => command.group === name)
                    .map((command) => (
                      <Command.Item
                        key={command.label}
                        value={`${command.label} ${command.words ?? ""} ${name}`}
                        onSelect={() => {
                          setOpen(false);
                          command.run();
                        }}
                        className="flex h-8 cursor-pointer items-center gap-2.5 rounded-md px-2.5 data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:text-muted"
                      >
                        {command.icon}
                        <span className="min-w-0 flex-1 truncate">{command.label}</span>
                        {command.keys && <KeyHint keys={command.keys} />}
                      </Command.Item>
                    ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
