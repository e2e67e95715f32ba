// Holds the files of a running instance still for a backup: hard links, which cost no room, and the length that each file
// had. What the instance replaces or removes afterwards stays as it was; what it appends lies beyond the length.
import fs from "node:fs";
import path from "node:path";

/** Files on their way to their names (`.name.pid-random.tmp`) are nobody's yet. */
const isTemporary = (name) => name.startsWith(".") && name.endsWith(".tmp");
/** Reasons for which a file system makes no hard link; the file is copied instead. */
const NO_LINKS = new Set(["EXDEV", "EPERM", "ENOTSUP", "EOPNOTSUPP", "EMLINK", "ENOSYS"]);
const MOST_TRIES = 100;

const orIfMissing = (work, otherwise) => {
  try {
    return work();
  } catch (error) {
    if (error.code === "ENOENT") return otherwise;
    throw error;
  }
};

/**
 * Links what is in `source` into `target`, and adds path and length of each file to `files`. Names that an earlier
 * snapshot in the same `target` holds and that are gone since stay: rows read in between may name them.
 */
export function snapshotFolder(source, target, prefix, files) {
  for (let tries = 1; ; tries++) {
    const before = orIfMissing(() => fs.statSync(source), undefined);
    if (!before) return;
    const names = orIfMissing(() => fs.readdirSync(source, { withFileTypes: true }), []);
    const found = names.filter((entry) => entry.isFile() && !isTemporary(entry.name));
    const taken = found.map(({ name }) => takeFile(path.join(source, name), path.join(target, name)));
    // A folder that was replaced or is being removed at this moment would be a mixture of two, so it is taken again.
    // A folder in which a log grows does not change itself.
    const after = orIfMissing(() => fs.statSync(source), undefined);
    const isSame = after && after.ino === before.ino && after.mtimeMs === before.mtimeMs && taken.every(Boolean);
    if (!isSame && tries < MOST_TRIES) continue;
    if (!isSame && after) throw new Error(`${source} changes too quickly to be backed up; try again`);
    if (!after) return; // it was removed on purpose, and nothing of it is kept
    found.forEach(({ name }, index) => {
      files.set(path.posix.join(prefix, name), { from: path.join(target, name), bytes: taken[index].bytes });
    });
    for (const entry of names)
      if (entry.isDirectory() && !isTemporary(entry.name))
        snapshotFolder(
          path.join(source, entry.name),
          path.join(target, entry.name),
          path.posix.join(prefix, entry.name),
          files,
        );
    return;
  }
}

/** Gives the length of the file as it was taken; undefined where it has gone meanwhile. */
function takeFile(source, target) {
  fs.mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
  fs.rmSync(target, { force: true });
  try {
    fs.linkSync(source, target);
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    if (!NO_LINKS.has(error.code)) throw error;
    if (orIfMissing(() => fs.copyFileSync(source, target, fs.constants.COPYFILE_FICLONE) ?? true, false) === false)
      return undefined;
  }
  return { bytes: fs.statSync(target).size };
}
