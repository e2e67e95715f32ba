// The thread that writes a claim (claim.mjs) anew every two seconds, and tells when somebody else has taken it over.
import fs from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { BEAT_MILLISECONDS, readClaim } from "./claim.mjs";

const { file, mine } = workerData;
const timer = setInterval(() => {
  const now = readClaim(file);
  if (now?.id !== mine.id) {
    clearInterval(timer);
    parentPort.postMessage(now ?? { host: "somebody who removed the claim", since: "now" });
    return;
  }
  mine.beat++;
  const next = `${file}.${mine.id}`;
  fs.writeFileSync(next, JSON.stringify(mine), { mode: 0o600 });
  fs.renameSync(next, file);
}, BEAT_MILLISECONDS);
