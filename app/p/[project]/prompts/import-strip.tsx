"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Button } from "@/app/components/button";
import { formatShare } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { useTRPC } from "@/app/trpc-client";
import { isUnderWay } from "@/domain/runs/job-status";
import { useProject } from "../project-context";

/** Says on the page that a file of this person is under way, or waits for a word, while the dialog is closed. */
export function ImportStrip({ onShow }: { onShow: () => void }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const { data } = useQuery(
    trpc.prompts.currentImport.queryOptions(
      { project: slug },
      { staleTime: 0, refetchInterval: ({ state }) => (state.data && isUnderWay(state.data.status) ? 1_500 : false) },
    ),
  );
  const isTaking = data?.phase === "import";
  const wasTaking = useRef(false);
  useEffect(() => {
    if (data === undefined) return;
    if (wasTaking.current && !isTaking) void queryClient.invalidateQueries({ queryKey: trpc.prompts.pathKey() });
    wasTaking.current = isTaking;
  }, [data, isTaking, queryClient, trpc]);
  if (!data) return null;
  const share = data.sizeBytes > 0 && data.doneBytes > 0 ? `: ${formatShare(data.doneBytes / data.sizeBytes)}` : "";
  return (
    <div className="mb-3" aria-live="polite">
      <Notice
        title={
          isTaking
            ? `${data.fileName} is being imported${share}`
            : isUnderWay(data.status)
              ? `${data.fileName} is being read${share}`
              : `${data.fileName} has been read and waits to be imported`
        }
        action={
          <Button size="sm" onClick={onShow}>
            Show
          </Button>
        }
      />
    </div>
  );
}
