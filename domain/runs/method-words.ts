import { METHODS, type Method, methodNamed, methods } from "./methods";

/** The words for each method: its name, its long name where there is room, and when to choose it. */
export const METHOD_WORDS = Object.fromEntries(METHODS.map((method) => [method, methods[method].words])) as {
  [M in Method]: (typeof methods)[M]["words"];
};

/** The unit that a run of the method counts. */
export const stepWordOf = (method: string): "iteration" | "step" => methodNamed(method)?.counts ?? "step";

/** Names the method of a file. A method that is not known here keeps the file's name. */
export const nameOfMethod = (method: string): string => methodNamed(method)?.words.name ?? method;
