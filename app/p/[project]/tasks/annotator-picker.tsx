"use client";

import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { Checkbox } from "@/app/components/form-fields";
import { Loaded } from "@/app/components/loaded";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";

export interface Person {
  id: string;
  name: string;
}

/** Everyone in the project, or people chosen by name. Who was chosen earlier and has left is listed to be unchecked. */
export function AnnotatorPicker({
  value,
  onChange,
}: {
  /** null: everyone. */
  value: Person[] | null;
  onChange(people: Person[] | null): void;
}) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const members = useQuery(trpc.members.list.queryOptions({ project: slug }));
  const group = useId();
  const toggle = (person: Person, on: boolean) => {
    const others = (value ?? []).filter(({ id }) => id !== person.id);
    onChange(on ? [...others, person] : others);
  };
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 font-medium text-muted text-xs">Who may do them</legend>
      {[true, false].map((everyone) => (
        <label key={String(everyone)} className="flex items-center gap-2">
          <input
            type="radio"
            name={group}
            className="size-4 accent-accent"
            checked={(value === null) === everyone}
            onChange={() => onChange(everyone ? null : [])}
          />
          {everyone ? "Everyone in the project" : "Only people chosen here"}
        </label>
      ))}
      {value !== null && (
        <Loaded query={members}>
          {(rows) => {
            const gone = value.filter(({ id }) => rows.every((row) => row.id !== id));
            return (
              <div className="grid max-h-48 gap-1.5 overflow-y-auto rounded-md border border-line px-3 py-2">
                {rows.map(({ id, name, email }) => (
                  <Checkbox
                    key={id}
                    label={name}
                    hint={email}
                    checked={value.some((person) => person.id === id)}
                    onChange={(event) => toggle({ id, name }, event.target.checked)}
                  />
                ))}
                {gone.map((person) => (
                  <Checkbox
                    key={person.id}
                    label={person.name}
                    hint="has left the project"
                    checked
                    onChange={() => toggle(person, false)}
                  />
                ))}
              </div>
            );
          }}
        </Loaded>
      )}
    </fieldset>
  );
}
