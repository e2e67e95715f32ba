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
              <li>Preferences come as pairs, and the pairs are all the data there is.</li>
              <li>Compute is scarce, or rounds should be quick: DPO is one run without a reward model.</li>
              <li>You are starting out. Move on to PPO once DPO has reached a plateau.</li>
            </ul>
          </dd>
        </div>
        <div>
          <dt className="font-medium">PPO</dt>
          <dd className="text-muted">
            <ul className="list-disc pl-4">
              <li>The reward is computed, there are several rewards, or the feedback does not come as pairs.</li>
              <li>The model should learn from what it writes now, to gain the last bit of quality.</li>
              <li>
                You have a reward model that agrees with people on held-out pairs. The run takes several times longer
                and has to be watched, because PPO exploits whatever the reward pays for.
              </li>
            </ul>
          </dd>
        </div>
      </dl>
    </details>
  );
}
