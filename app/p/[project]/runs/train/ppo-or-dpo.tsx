/** The guidance between the two ways to learn from preferences, for who has chosen one of them. */
export function PpoOrDpo() {
  return (
    <details className="rounded-md border border-line">
      <summary className="px-3 py-2">When PPO, and when DPO</summary>
      <dl className="grid gap-3 border-line border-t p-3 sm:grid-cols-2">
        <div>
          <dt className="font-medium">DPO</dt>
          <dd className="text-muted">
            <ul className="list-disc pl-4">
              <li>What people prefer is in pairs, and those are all there is.</li>
              <li>Little compute, quick rounds: one run, no reward model.</li>
              <li>The place to start; go on to PPO once it has reached a plateau.</li>
            </ul>
          </dd>
        </div>
        <div>
          <dt className="font-medium">PPO</dt>
          <dd className="text-muted">
            <ul className="list-disc pl-4">
              <li>The reward is computed, or several rewards count, or it is no matter of pairs.</li>
              <li>The model should learn from what it writes now, for the last bit of quality.</li>
              <li>
                A reward model agrees with people on held-out pairs. The run takes several times longer, and has to be
                watched: it finds whatever the reward pays for.
              </li>
            </ul>
          </dd>
        </div>
      </dl>
    </details>
  );
}
