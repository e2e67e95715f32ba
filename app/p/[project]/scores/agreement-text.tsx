import { ShareText } from "@/app/components/share-text";
import type { Outputs } from "@/app/trpc-client";

type Agreement = NonNullable<Outputs["scores"]["summary"]["agreement"]>;

/** How far a reward model orders completions as people did, each share with its 95 % interval; apart for what it was trained on. */
export function AgreementText({ agreement }: { agreement: Agreement }) {
  if (agreement.heldOut.of + agreement.trainedOn.of === 0)
    return <p className="text-muted">No labelled pair has both scores yet, so there is nothing to compare with.</p>;
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-1">
      {[
        { name: "Agrees with people on prompts it has not seen", share: agreement.heldOut },
        { name: "Agrees with people on prompts it was trained on", share: agreement.trainedOn },
      ].map(({ name, share }) => (
        <div key={name} className="flex flex-wrap items-baseline gap-x-2">
          <dt className="text-muted">{name}</dt>
          <dd>
            <ShareText share={share} of="pair" />
          </dd>
        </div>
      ))}
    </dl>
  );
}
