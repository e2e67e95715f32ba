import { Fault } from "../fault";
import type { RowFields } from "../row-fields";
import { readTurns } from "../turns";
import type { Format } from "./format";

/** What is asked of an answer. Complexity and verbosity say how it is written, and not how good it is. */
const CRITERIA = ["helpfulness", "correctness", "coherence"];
const ABOUT_STYLE = ["complexity", "verbosity"];
/** HelpSteer's scale goes from 0 to 4, and a rating's here from 1 to 5. */
const LEAST = 1;

/**
 * Reads HelpSteer (Wang et al. 2023, arXiv 2311.09528), an answer rated from 0 to 4 on five attributes, so that an
 * answer that people found bad is never taken for a demonstration.
 */
export const helpSteer: Format = {
  name: "HelpSteer",
  matches: (row) =>
    row.has("prompt") && row.has("response") && [...CRITERIA, ...ABOUT_STYLE].every((name) => row.has(name)),
  read(row: RowFields) {
    const [prompt, response] = [row.take("prompt"), row.take("response")];
    if (!prompt || !response) throw new Fault("response", "is missing");
    const scores = CRITERIA.map((criterion) => {
      const value = Number(row.take(criterion)?.value);
      if (!Number.isFinite(value) || value < 0 || value > 4)
        throw new Fault(criterion, "must be a number from 0 to 4, as HelpSteer writes it");
      return { criterion, score: value + LEAST };
    });
    const completions = [{ turns: readTurns(response, "assistant"), scores }];
    return { items: [{ prompt: readTurns(prompt, "user"), said: { kind: "rating", completions } }] };
  },
};
