/** What an instance owns on disk beside its database, inside TUNELOOP_DATA: in a backup and in a restore. */
export const INSTANCE_FOLDERS = ["datasets", "runs"];
/** Sessions are signed with it. */
export const SECRET_FILE = "nextauth-secret";
