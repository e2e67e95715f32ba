/** The files that an instance owns inside TUNELOOP_DATA besides its database; backup and restore carry them. */
export const INSTANCE_FOLDERS = ["datasets", "runs"];
/** This secret signs sessions. */
export const SECRET_FILE = "nextauth-secret";
