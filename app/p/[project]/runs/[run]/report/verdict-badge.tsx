import { Badge, type Tone } from "@/app/components/badge";
import type { Probe } from "@/domain/runs/reward-report";

const WORDS: Record<Probe["verdict"], { tone: Tone; word: string; title: string }> = {
  pass: { tone: "good", word: "passes", title: "The score does not rise noticeably" },
  fail: { tone: "bad", word: "fails", title: "The score rises: the interval lies above zero" },
  undecided: { tone: "neutral", word: "undecided", title: "Too few completions to tell" },
};

export function VerdictBadge({ verdict }: { verdict: Probe["verdict"] }) {
  const { tone, word, title } = WORDS[verdict];
  return (
    <Badge tone={tone} title={title}>
      {word}
    </Badge>
  );
}
