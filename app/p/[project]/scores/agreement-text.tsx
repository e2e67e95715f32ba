import type { ReactNode } from "react";
import { plural } from "@/app/components/format";
import type { Outputs } from "@/app/trpc-client";

type Agreement = NonNullable<Outputs["scores"]["summary"]["agreement"]>;
type Share = Agreement["heldOut"];

/** How far a reward model orders completions as people did, each share with its 95 % interval; apart for what it was trained on. */
export function AgreementText({ agreement }: { agreement: Agreement }) {
  if (agreement.heldOut.count + agreement.trainedOn.count === 0)
    return <p className="text-muted">No labelled pair has both scores yet, so there is nothing to compare with.</p>;
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-1">
      <Line name="Agrees with people on pairs it has not seen" share={agreement.heldOut} />
      <Line name="on pairs of prompts it was trained on" share={agreement.trainedOn} />
    </dl>
  );
}

function Line({ name, share }: { name: ReactNode; share: Share }) {
  return (
    <div className="flex flex-wrap items-baseline gap-x-2">
      <dt className="text-muted">{name}</dt>
      <dd className="tabular-nums">
        {share.share === null || share.low === null || share.high === null ? (
          <span className="text-faint">undefined: there are none</span>
        ) : (
          <>
            <span className="font-medium">{percent(share.share)}</span>{" "}
            <span className="text-muted">
              ({percent(share.low)}–{percent(share.high)}) of {plural(share.count, "pair")}
            </span>
          </>
        )}
      </dd>
    </div>
  );
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
