import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { toast, undoToast } from "@/app/components/toast";
import { useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";

type Props = { modelVersionId: string; name: string; reference: string };

/** Takes a base from which nothing was made out of the project; undoing adds it again. */
export function RemoveBase({ modelVersionId, name, reference }: Props) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.models.list.queryKey({ project }) });
  const onError = (error: unknown) => void toast({ tone: "bad", title: errorText(error) });
  const add = useMutation(trpc.models.addBase.mutationOptions({ onError, onSuccess: refresh }));
  const remove = useMutation(
    trpc.models.removeBase.mutationOptions({
      onError,
      onSuccess: () => {
        void refresh();
        router.push(pathsOf(project).models);
        undoToast(`${name} is removed; its files stay where they are`, () => add.mutate({ project, reference, name }));
      },
    }),
  );
  return (
    <Button
      variant="danger"
      busy={remove.isPending || remove.isSuccess}
      onClick={() => remove.mutate({ project, modelVersionId })}
    >
      Remove
    </Button>
  );
}
