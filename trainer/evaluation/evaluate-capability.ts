import type { CapabilityResult, CapabilitySuite } from "@/domain/evaluation/capability-suite";
import { shareOf } from "@/domain/statistics/share";
import type { CausalLanguageModel } from "../models/types";
import { type Chat, tokenizeExample } from "../tokenizer/tokenize-example";
import { type ScoreOptions, scoreSequences } from "./score-sequences";

/** Begins the assistant's turn, so that a bare answer is what comes next. */
export const ANSWER_OPENING = "Answer: ";

/**
 * Counts the questions of a suite that a model answers rightly. Its answer is the option of the highest log-probability
 * after the question (the `acc` of the Language Model Evaluation Harness, Gao et al. 2021). Nothing is sampled, so
 * equal models give equal results.
 *
 * @throws DomainError if a question does not fit the model's context
 */
export async function evaluateCapability(
  { model, ...chat }: Chat & { model: CausalLanguageModel },
  suite: CapabilitySuite,
  options: ScoreOptions = {},
): Promise<CapabilityResult> {
  const asked = suite.questions.map(([question, ...answers]) =>
    answers.map((answer) =>
      tokenizeExample(chat, {
        prompt: [{ role: "user", content: question }],
        completion: [{ role: "assistant", content: ANSWER_OPENING + answer }],
      }),
    ),
  );
  const logProbs = await scoreSequences(model, asked.flat(), options);
  let next = 0;
  const answers = suite.questions.map(([question, right, ...wrong], i) => {
    const own = asked[i] ?? [];
    const end = commonEnd(own.map(({ completionIds }) => completionIds));
    const scores = own.map(() => {
      const values = logProbs[next++] ?? [];
      return sum(values.slice(0, values.length - end));
    });
    const chosen = [right, ...wrong][scores.indexOf(Math.max(...scores))] as string;
    return { question, right, chosen, isRight: chosen === right };
  });
  const right = answers.filter(({ isRight }) => isRight).length;
  return { suite: suite.name, accuracy: shareOf(right, answers.length), answers };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/**
 * Counts the tokens that all options end with: the end of turn, whose likelihood tells nothing of which option is
 * right.
 */
function commonEnd(options: readonly (readonly number[])[]): number {
  const shortest = Math.min(...options.map(({ length }) => length));
  for (let end = 0; end < shortest; end++) {
    if (new Set(options.map((ids) => ids[ids.length - 1 - end])).size > 1) return end;
  }
  return shortest;
}
