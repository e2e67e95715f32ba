import type { Rollout } from "@/domain/runs/rollouts";
import type { Tokenizer } from "../../tokenizer/types";
import type { Estimates } from "./estimate-advantages";
import type { Sample } from "./rollout";
import type { TokenRows } from "./token-rows";

/**
 * Makes the iteration's completions into rows for the run's page: text, score, and KL, advantage and value of each
 * token.
 */
export function rolloutRows(
  iteration: number,
  samples: readonly Sample[],
  rawScores: readonly number[],
  { kl, advantages }: Estimates,
  values: TokenRows | null,
  tokenizer: Tokenizer,
): Rollout[] {
  return samples.map(({ prompt, ids, text, ended }, index) => {
    const decoder = tokenizer.streamDecoder();
    const klOfTokens = kl[index] as Float32Array;
    return {
      iteration,
      prompt: prompt.prompt,
      completion: text,
      tokens: ids.map((id, t) => ({
        text: decoder.push(id) + (t === ids.length - 1 ? decoder.end() : ""),
        kl: rounded(klOfTokens[t]),
        advantage: rounded(advantages[index]?.[t]),
        value: values ? rounded(values[index]?.[t]) : null,
      })),
      score: rounded(rawScores[index]),
      klSum: rounded(klOfTokens.reduce((sum, value) => sum + value, 0)),
      length: ids.length,
      ended,
    };
  });
}

/** Rounds to five digits, because people and charts read the file. */
const rounded = (value: number | undefined) => Number((value ?? 0).toPrecision(5));
