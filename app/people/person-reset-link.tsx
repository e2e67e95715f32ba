import { useMutation } from "@tanstack/react-query";
import { ResetLinkDialog } from "../components/reset-link-dialog";
import { useTRPC } from "../trpc-client";

type Props = { userId: string; name: string; onOpenChange: (open: boolean) => void };

/** Makes a link by which anybody on the instance sets a new password. */
export function PersonResetLink({ userId, name, onOpenChange }: Props) {
  const trpc = useTRPC();
  const make = useMutation(trpc.people.makePasswordReset.mutationOptions());
  return <ResetLinkDialog name={name} make={make} onMake={() => make.mutate({ userId })} onOpenChange={onOpenChange} />;
}
