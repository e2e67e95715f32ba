import { EllipsisVertical, KeyRound, UserCheck, UserX } from "lucide-react";
import { useState } from "react";
import { Badge } from "../components/badge";
import { IconButton } from "../components/button";
import { Menu } from "../components/menu";
import { RelativeTime } from "../components/relative-time";
import { Td, Tr } from "../components/table";
import type { Outputs } from "../trpc-client";
import { PersonResetLink } from "./person-reset-link";
import { usePersonActs } from "./use-person-acts";

export type Person = Outputs["people"]["list"]["rows"][number];

export function PersonRow({ person, isMe }: { person: Person; isMe: boolean }) {
  const [isResetting, setResetting] = useState(false);
  const { deactivate, reactivate } = usePersonActs(person);
  const { id, name, email, instanceRole, deactivatedAt, createdAt, projects, hasMoreProjects } = person;
  const reset = { label: "Make a password-reset link", icon: <KeyRound />, onSelect: () => setResetting(true) };
  const shutOut = { label: "Deactivate", icon: <UserX />, danger: true, onSelect: deactivate };
  const letIn = { label: "Let in again", icon: <UserCheck />, onSelect: reactivate };
  return (
    <Tr>
      <Td className="min-w-48">
        <span className="flex flex-wrap items-center gap-2 font-medium [overflow-wrap:anywhere]">
          {name}
          {isMe && <Badge>you</Badge>}
          {instanceRole === "admin" && <Badge tone="accent">runs the instance</Badge>}
          {deactivatedAt && <Badge tone="warn">deactivated</Badge>}
        </span>
        <span className="text-muted text-xs [overflow-wrap:anywhere]">{email}</span>
      </Td>
      <Td className="min-w-40 text-xs">
        {projects.length === 0 && <span className="text-faint">none</span>}
        {projects.map((project) => `${project.name} (${project.role})`).join(", ")}
        {hasMoreProjects && " and others"}
      </Td>
      <Td className="text-muted text-xs">{waysOf(person)}</Td>
      <Td className="text-muted text-xs">
        <RelativeTime date={createdAt} />
      </Td>
      <Td className="text-right">
        <Menu
          trigger={<IconButton label={`Actions for ${name}`} icon={<EllipsisVertical />} />}
          entries={deactivatedAt ? [letIn] : isMe ? [reset] : [reset, shutOut]}
        />
        {isResetting && (
          <PersonResetLink userId={id} name={name} onOpenChange={(isOpen) => !isOpen && setResetting(false)} />
        )}
      </Td>
    </Tr>
  );
}

function waysOf({ hasPassword, emailVerifiedAt }: Person): string {
  const ways = [...(hasPassword ? ["a password"] : []), ...(emailVerifiedAt ? ["another service"] : [])];
  return ways.join(" or ") || "nothing yet";
}
