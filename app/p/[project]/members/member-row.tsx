import { EllipsisVertical, KeyRound, ListX, UserMinus } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { Badge } from "@/app/components/badge";
import { IconButton } from "@/app/components/button";
import { Select } from "@/app/components/form-fields";
import { formatCount } from "@/app/components/format";
import { Menu } from "@/app/components/menu";
import { RelativeTime } from "@/app/components/relative-time";
import { Td, Tr } from "@/app/components/table";
import type { Outputs } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { ExcludeDialog } from "../datasets/exclude-dialog";
import { useProject } from "../project-context";
import { MemberResetLink } from "./member-reset-link";
import { useMemberActs } from "./use-member-acts";

type Member = Outputs["members"]["list"][number];

export function MemberRow({ member }: { member: Member }) {
  const { slug } = useProject();
  const { busy, changeRole, remove } = useMemberActs(member);
  const [open, setOpen] = useState<"reset" | "exclude" | null>(null);
  const { id, name, email, role, labelCount, lastLabelAt, joinedAt } = member;
  const close = (isOpen: boolean) => !isOpen && setOpen(null);
  return (
    <Tr>
      <Td className="min-w-48">
        <span className="flex flex-wrap items-center gap-2 font-medium [overflow-wrap:anywhere]">
          {name} {member.deactivated && <Badge tone="warn">deactivated</Badge>}
        </span>
        <span className="text-muted text-xs [overflow-wrap:anywhere]">{email}</span>
      </Td>
      <Td>
        <Select
          aria-label={`Role of ${name}`}
          className="min-w-28"
          value={role}
          disabled={busy}
          onChange={({ target }) => changeRole(target.value === "admin" ? "admin" : "annotator")}
        >
          <option value="admin">Admin</option>
          <option value="annotator">Annotator</option>
        </Select>
      </Td>
      <Td numeric>
        {labelCount > 0 ? (
          <Link href={pathsOf(slug).labels({ annotator: id })} className="link">
            {formatCount(labelCount)}
          </Link>
        ) : (
          0
        )}
      </Td>
      <Td className="text-muted text-xs">{lastLabelAt ? <RelativeTime date={lastLabelAt} /> : "–"}</Td>
      <Td className="text-muted text-xs">
        <RelativeTime date={joinedAt} />
      </Td>
      <Td className="text-right">
        <Menu
          trigger={<IconButton label={`Actions for ${name}`} icon={<EllipsisVertical />} />}
          entries={[
            { label: "Make a password-reset link", icon: <KeyRound />, onSelect: () => setOpen("reset") },
            ...(labelCount > 0
              ? [{ label: "Exclude their labels…", icon: <ListX />, onSelect: () => setOpen("exclude") }]
              : []),
            { label: "Remove from the project", icon: <UserMinus />, danger: true, onSelect: remove },
          ]}
        />
        {open === "reset" && <MemberResetLink userId={id} name={name} onOpenChange={close} />}
        {open === "exclude" && (
          <ExcludeDialog target={{ kind: "annotator", id }} of={`all labels of ${name}`} onOpenChange={close} />
        )}
      </Td>
    </Tr>
  );
}
