import { METHODS, type Method, methodNamed, methods } from "./methods";

/** What each method is called: in a name or a table, where there is room for more, and when to choose it. */
export const METHOD_WORDS = Object.fromEntries(METHODS.map((method) => [method, methods[method].words])) as {
  [M in Method]: (typeof methods)[M]["words"];
};

/** What a run of the method counts. */
export const stepWordOf = (method: string): "iteration" | "step" => methodNamed(method)?.counts ?? "step";

/** The name of a method that a file speaks of; one that is not known here is called as there. */
export const nameOfMethod = (method: string): string => methodNamed(method)?.words.name ?? method;
