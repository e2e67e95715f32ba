import { DomainError } from "@/domain/errors";
import type { RewardFunction } from "./reward-function";

/** Gives 1 if the completion, without spaces around it, is the answer; else 0. */
export function exactMatch({ answer, ignoreCase }: { answer?: string; ignoreCase: boolean }): RewardFunction {
  const plain = (text: string) => (ignoreCase ? text.trim().toLowerCase() : text.trim());
  return ({ completion, answer: beside }) => {
    const expected = answer ?? beside;
    if (expected === null) {
      const message =
        'rewardFunctions: exactMatch needs an answer: give it as "answer", or beside each prompt in the dataset';
      throw new DomainError("run-config-invalid", message);
    }
    return plain(completion) === plain(expected) ? 1 : 0;
  };
}
