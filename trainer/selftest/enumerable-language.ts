/**
 * A language so small that every completion can be written down: an alphabet of three tokens and an end token, and
 * completions of at most three tokens, which makes 1 + 3 + 9 + 27 = 40 of them. An expectation over completions is a
 * plain sum, so the optimum of RLHF is known exactly.
 */
const ALPHABET = 3;
const LONGEST = 3;
/** The number of the end's action, which is also the end token's id. */
export const END = ALPHABET;
/** Number of actions in a state: the alphabet and the end. */
export const ACTIONS = ALPHABET + 1;

/**
 * Number of states, i.e. texts written so far of up to two tokens: 1 + 3 + 9. After three tokens the completion is
 * over.
 */
export const STATES = 13;

export type OracleCompletion = {
  /** The state before each token. */
  states: number[];
  /** The tokens; the last is the end if the completion has less than three others. */
  actions: number[];
  /** Whether the completion reached an end token. */
  ended: boolean;
};

/** The state after a token: states are numbered breadth first, so state s has the children 3s + 1, 3s + 2, 3s + 3. */
export function stateAfter(state: number, token: number): number {
  return ALPHABET * state + 1 + token;
}

export const COMPLETIONS: readonly OracleCompletion[] = enumerate({ states: [0], actions: [], ended: false });

function enumerate({ states, actions }: OracleCompletion): OracleCompletion[] {
  if (actions.length === LONGEST) return [{ states: states.slice(0, LONGEST), actions, ended: false }];
  const state = states.at(-1) as number;
  const grown = Array.from({ length: ALPHABET }, (_, token) =>
    enumerate({ states: [...states, stateAfter(state, token)], actions: [...actions, token], ended: false }),
  );
  return [{ states, actions: [...actions, END], ended: true }, ...grown.flat()];
}
