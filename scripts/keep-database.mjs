// Stands beside an embedded PostgreSQL for as long as that runs, whoever started it, and holds the claim of its folder:
// PostgreSQL itself can't see from one container that it runs in another one. Arguments: the folder, the server's pid.
import path from "node:path";
import { takeClaim } from "./claim.mjs";
import { endProcess, isAlive, sleep } from "./processes.mjs";

const [folder, pidText] = process.argv.slice(2);
const pid = Number(pidText);
const claim = await takeClaim(path.join(path.dirname(folder), "database.claim"), {
  what: "The database's folder",
  subject: pid,
  async onLost() {
    await endProcess(pid, 10_000); // somebody else has the files now
    process.exit(1);
  },
});
while (isAlive(pid)) await sleep(100);
await claim.release();
