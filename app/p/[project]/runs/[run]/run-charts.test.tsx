import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { memberSteps } from "@/domain/runs/member-steps";
import { RunCharts } from "./run-charts";

const charts = (figures: Record<string, number>) => {
  const points = new Map(Object.entries(figures).map(([name, value]) => [name, new Map([[2, value]])]));
  return renderToStaticMarkup(<RunCharts points={points} totalSteps={4} over={true} />);
};
const textOf = (html: string) => html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");

describe("the charts of a run", () => {
  it("say of how many pairs each strength's accuracy is a share, and draw no chart of those counts", () => {
    const shares = { "evalAccuracy/clearly": 0.75, "evalPairs/clearly": 4, "evalAccuracy/slightly": 0 };
    const html = charts({ ...shares, "evalPairs/slightly": 1, evalAccuracy: 0.6 });
    const text = textOf(html);
    expect(text).toContain("Validation accuracy by strength clearly 0.75 of 4 pairs slightly 0 of 1 pair");
    expect(html.match(/role="img"/g)).toHaveLength(2);
  });

  it("tell of an ensemble's validation by its newest member", () => {
    const evalLoss = new Map([10, 20, 30, 40].map((step, at) => [step, [0.3, 0.2, 0.9, 0.8][at] as number]));
    const html = (members: Parameters<typeof RunCharts>[0]["members"]) =>
      textOf(
        renderToStaticMarkup(
          <RunCharts points={new Map([["evalLoss", evalLoss]])} totalSteps={40} over={true} members={members} />,
        ),
      );
    expect(html(memberSteps({ ensemble: 2 }, 40))).toContain("Member 2: validation is at its best so far (0.8).");
    expect(html(undefined)).toContain("Validation was best at step 20 (0.2); it has risen to 0.8 since.");
  });

  it("leave out strengths and logits that a run does not report", () => {
    const text = textOf(charts({ evalAccuracy: 0.6 }));
    expect(text).not.toMatch(/strength|logits/);
    expect(textOf(charts({ "logits/chosen": 0.1, "logits/rejected": 0.2 }))).toMatch(
      /Mean logits chosen 0\.1 rejected 0\.2/,
    );
  });
});
