/**
 * A reason for the value of a hyperparameter that was left open: its key as in RUN.json (`lora.rank`), and a sentence
 * for a person.
 */
export type Reason = { field: string; text: string };

/**
 * A warning about a run as it was asked for, by the key or by the name of what is odd. The run is allowed all the same.
 */
export type RunWarning = { field: string; message: string };

/** A value that is refused: its place in the configuration, and the reason. */
export type ConfigIssue = { path: (string | number)[]; message: string };
