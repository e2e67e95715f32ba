/**
 * The label page counts down by itself, and asks the server after so many answers: the server counts what everybody has
 * done.
 */
export const RECOUNT_EVERY = 20;
