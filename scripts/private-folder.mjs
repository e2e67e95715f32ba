// Who may look into the folders of an instance, and from which folders its code may be loaded.
import fs from "node:fs";
import path from "node:path";

/**
 * Makes the data folder and closes it to everybody else.
 * @param passing the user as whom the embedded database runs where root starts the instance: it may pass through by the
 * folder's group, and can't list it
 */
export function closeDataFolder(folder, passing) {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, gid, mode } = fs.statSync(folder);
  if (uid !== process.getuid?.()) return; // a folder of somebody else's is theirs to close
  if (passing && gid !== passing.gid) fs.chownSync(folder, uid, passing.gid);
  const wanted = passing ? 0o710 : 0o700;
  if ((mode & 0o777) !== wanted) fs.chmodSync(folder, wanted);
}

/**
 * Refuses a folder that somebody else owns or may write to: what is loaded from it would run with our rights. Everybody may
 * make folders in /tmp and /var/tmp, under any name.
 * @throws Error that says what to do
 */
export function assertOurs(folder) {
  const { uid, mode } = fs.lstatSync(folder);
  const isFolder = fs.lstatSync(folder).isDirectory();
  if (isFolder && uid === process.getuid?.() && (mode & 0o022) === 0) return;
  const reason = !isFolder ? "is no folder" : mode & 0o022 ? "may be written to by others" : "belongs to somebody else";
  throw new Error(
    `${folder} ${reason}, so nothing is loaded from it. Look at what is in it, then remove it (or move it away) and start again.`,
  );
}

/** Makes a folder that is ours alone, or checks that the present one is. */
export function makeOurs(folder) {
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  try {
    fs.mkdirSync(folder, { mode: 0o755 });
    fs.chmodSync(folder, 0o755); // whatever the umask is, the database's user passes through
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  assertOurs(folder);
}
