/** Why a hyperparameter that was left open is what it is: its key as in RUN.json (`lora.rank`), and a sentence for a person. */
export type Reason = { field: string; text: string };

/** What speaks against a run as it was asked for, by the key or by the name of what is odd. Allowed, but said. */
export type RunWarning = { field: string; message: string };

/** A value that is refused: where it stands in the configuration, and why. */
export type ConfigIssue = { path: (string | number)[]; message: string };
