import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { RolloutTokens } from "./rollouts-tokens";

it("says each token's values beside its colour, and takes tokens without text", () => {
  const html = renderToStaticMarkup(
    <RolloutTokens
      tokens={[
        { text: "Hi", kl: 0.25, advantage: -2, value: 0.5 },
        { text: "", kl: 0, advantage: 1, value: null },
      ]}
    />,
  );
  expect(html).toContain('aria-label="&quot;Hi&quot;: advantage -2, KL 0.25, value 0.5"');
  expect(html).toContain('aria-label="&quot;&quot;: advantage 1, KL 0"');
  expect(html).toContain("var(--color-bad) 45%"); // the furthest from zero
  expect(html).toContain("var(--color-good) 23%");
});
