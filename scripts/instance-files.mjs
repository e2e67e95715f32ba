/**
 * The files that an instance owns inside TUNELOOP_DATA besides its database; backup and restore carry them. Not among them
 * are exports of models, which can be made again, and uploads that nobody has imported yet, which live for a day.
 */
export const INSTANCE_FOLDERS = ["datasets", "runs"];
/** This secret signs sessions. */
export const SECRET_FILE = "nextauth-secret";
