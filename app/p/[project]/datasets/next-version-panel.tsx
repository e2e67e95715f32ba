"use client";

import { useQuery } from "@tanstack/react-query";
import { formatCount, plural } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { Panel } from "@/app/components/panel";
import { Stat, StatRow } from "@/app/components/stat";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";
import { LedgerTable } from "./ledger-table";

/** What a version taken now would hold. */
export function NextVersionPanel() {
  const trpc = useTRPC();
  const { slug } = useProject();
  const preview = useQuery(trpc.datasets.preview.queryOptions({ project: slug }));
  return (
    <Panel title="A version created now">
      <Loaded query={preview}>
        {(data) =>
          data.exported === 0 ? (
            <p className="text-muted">There are no labels yet.</p>
          ) : (
            <div className="grid gap-x-10 gap-y-5 md:grid-cols-2">
              <LedgerTable ledger={data} />
              <div className="grid content-start gap-4">
                <StatRow>
                  {(["pairs", "demonstrations", "unpaired"] as const)
                    .filter((kind) => data[kind].train + data[kind].validation > 0)
                    .map((kind) => (
                      <Stat
                        key={kind}
                        label={KIND_WORDS[kind]}
                        value={formatCount(data[kind].train + data[kind].validation)}
                        hint={`${formatCount(data[kind].train)} to train on, ${formatCount(data[kind].validation)} to validate`}
                      />
                    ))}
                </StatRow>
                <p className="text-muted">
                  {data.latest
                    ? `${plural(data.newSinceLatest, "new label")} since version ${data.latest.version}.`
                    : "This would be the first version."}
                </p>
              </div>
            </div>
          )
        }
      </Loaded>
    </Panel>
  );
}

const KIND_WORDS = { pairs: "Preference pairs", demonstrations: "Demonstrations", unpaired: "Unpaired completions" };
