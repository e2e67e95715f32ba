#!/usr/bin/env node
// npm run restore -- FILE.tar.gz: brings a backup back into an instance that nobody has used yet, all or nothing.
import fs from "node:fs";
import path from "node:path";
import { readArchive } from "./archive.mjs";
import { takeClaim } from "./claim.mjs";
import { isUnused, loadDatabase } from "./database-dump.mjs";
import { INSTANCE_FOLDERS, SECRET_FILE } from "./instance-files.mjs";
import { readSettings } from "./settings.mjs";
import { reportFailure, setUpDatabase } from "./setup.mjs";
import { StepError, step } from "./steps.mjs";

function checkManifest(manifest, archive) {
  if (manifest.format !== 1 && manifest.format !== 2)
    throw new StepError(`${archive} is no backup of Tuneloop, or one of a newer version.`);
}

async function restore(archive) {
  if (!fs.existsSync(archive)) throw new StepError(`${archive}: there is no such file.`);
  const settings = readSettings();
  const { dataDir } = settings;
  process.umask(0o077);
  const claim = await takeClaim(path.join(dataDir, "instance.claim"), {
    what: `The data folder ${dataDir}`,
    onLost({ host }) {
      console.error(
        `Another machine or container has taken the data folder over: ${host}. The restore ends unfinished.`,
      );
      process.exit(1);
    },
  });
  try {
    await restoreInto(settings, archive);
  } finally {
    await claim.release();
  }
}

async function restoreInto(settings, archive) {
  const { dataDir } = settings;
  const occupied = INSTANCE_FOLDERS.filter((name) => fs.existsSync(path.join(dataDir, name)));
  if (occupied.length > 0)
    throw new StepError(
      `${dataDir} has files of an instance already: ${occupied.join(", ")}.\n\nWhat to do: set TUNELOOP_DATA to an empty folder, or move these away.`,
    );
  const database = await setUpDatabase(settings);
  const work = fs.mkdtempSync(path.join(dataDir, ".restore-"));
  try {
    if (!(await isUnused(database.url)))
      throw new StepError("This database is in use already.\n\nWhat to do: restore into an empty one.");
    const manifest = await step("Unpacking and checking", "see that the file is whole and that there is room", () =>
      readArchive(archive, work),
    );
    checkManifest(manifest, archive);
    await step("Loading the database", "nothing was changed; mend the cause and try again", () =>
      loadDatabase(database.url, path.join(work, "rows"), manifest),
    );
    for (const name of [...INSTANCE_FOLDERS, SECRET_FILE])
      if (fs.existsSync(path.join(work, name))) fs.renameSync(path.join(work, name), path.join(dataDir, name));
    console.log(`Restored the backup of ${manifest.made}. Start it with: npm start`);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
    if (!database.reused) await database.stop();
  }
}

try {
  if (!process.argv[2]) throw new StepError("Which backup? npm run restore -- FILE.tar.gz");
  await restore(path.resolve(process.argv[2]));
} catch (error) {
  reportFailure(error);
}
