import { Field, Select } from "@/app/components/form-fields";
import { MAPPED_ROLE_WORDS, MAPPED_ROLES, type MappedRole } from "@/domain/intake/mapped-roles";
import type { FoundFile } from "./import-words";

/** Which column plays which role, where the person says so. */
export type ColumnMapping = Record<string, MappedRole>;

interface Props {
  columns: FoundFile["columns"];
  mapping: ColumnMapping;
  /** Whether the file says nothing as it stands, so that the editor is open at once. */
  needed: boolean;
  onChange: (mapping: ColumnMapping) => void;
}

/** Gives columns their roles, where their names do not say them. */
export function ImportColumns({ columns, mapping, needed, onChange }: Props) {
  if (columns.length === 0) return null;
  const given = Object.keys(mapping).length;
  const unread = columns.filter(({ name, isRead }) => !isRead && !Object.hasOwn(mapping, name)).length;
  return (
    <details open={needed || given > 0 || undefined} className="rounded-md border border-line px-3 py-2">
      <summary className="cursor-pointer text-sm">
        Columns
        <span className="text-muted">
          {" "}
          · {columns.length - unread} read, {unread} not read{given > 0 && `, ${given} set by you`}
        </span>
      </summary>
      <div className="mt-2 grid gap-2 sm:grid-cols-2">
        {columns.map(({ name, role, isRead }) => (
          <Field key={name} label={<code className="font-mono [overflow-wrap:anywhere]">{name}</code>}>
            <Select
              value={mapping[name] ?? ""}
              onChange={(event) => onChange(withRole(mapping, name, event.target.value))}
            >
              <option value="">{asFound(role, isRead, Object.hasOwn(mapping, name))}</option>
              {MAPPED_ROLES.map((one) => (
                <option key={one} value={one}>
                  {MAPPED_ROLE_WORDS[one]}
                </option>
              ))}
            </Select>
          </Field>
        ))}
      </div>
    </details>
  );
}

function asFound(role: MappedRole | null, isRead: boolean, isGiven: boolean): string {
  if (isGiven) return "By its name";
  if (role === null && isRead) return "By its name: read as the format has it";
  return role === null ? "By its name: not recognised" : `By its name: ${MAPPED_ROLE_WORDS[role].toLowerCase()}`;
}

function withRole(mapping: ColumnMapping, column: string, chosen: string): ColumnMapping {
  const { [column]: _, ...others } = mapping;
  const role = MAPPED_ROLES.find((one) => one === chosen);
  return role ? { ...others, [column]: role } : others;
}
