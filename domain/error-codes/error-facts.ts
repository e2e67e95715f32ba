/** The HTTP statuses that a DomainError can have, with what each says. */
export type ErrorStatus =
  | 400 // what was asked can't be done
  | 401 // nobody is signed in
  | 403 // this person may not
  | 404 // it does not exist, or not for this person
  | 409 // it goes against what has been kept meanwhile
  | 429 // too often
  | 503; // something that is needed can't be reached

/** The facts that belong to an error's code. */
export interface ErrorFacts {
  status: ErrorStatus;
  /**
   * The advice to a person whose work in the background ended with this error. An error that only answers a request has
   * none: its own sentence says what to do.
   */
  hint?: string;
}

/** The error codes of one area. */
export type ErrorTable = Readonly<Record<string, ErrorFacts>>;
