// One data folder, one instance: a claim is a file that names its holder and that the holder writes anew every two
// seconds. Another process of the same machine and container sees by the holder's pid whether it lives. From another
// container or host the pid tells nothing, so the file is watched for a while: only a claim that nobody writes any more
// is taken over. No clocks are compared, for two hosts may disagree.
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import { Worker } from "node:worker_threads";
import { isAlive, sleep, startTime } from "./processes.mjs";
import { StepError } from "./steps.mjs";

export const BEAT_MILLISECONDS = 2000;
/** A holder that is alive may be slow: on a busy machine some beats come late. */
const WATCH_MILLISECONDS = 20_000;

/** Names the machine and the container that this process sees; a pid means something only inside of it. */
function placeOfProcesses() {
  const read = (what) => {
    try {
      return what();
    } catch {
      return ""; // not Linux, which has no such containers
    }
  };
  const boot = read(() => fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  const namespace = read(() => fs.readlinkSync("/proc/self/ns/pid"));
  return `${boot || os.hostname()}/${namespace}`;
}

/** The holder named by a claim, or undefined where there is none. */
export function readClaim(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    if (error instanceof SyntaxError) return { id: "unreadable", place: "", host: "an unknown host", beat: -1 };
    throw error;
  }
}

const isNear = (holder) => holder.place === placeOfProcesses();
const isNearAndDead = (holder) => isNear(holder) && !(isAlive(holder.pid) && startTime(holder.pid) === holder.started);

/** The claim's holder, if it is a process of this container that lives. */
export function holderHere(file) {
  const holder = readClaim(file);
  return holder && isNear(holder) && !isNearAndDead(holder) ? holder : undefined;
}

/** Resolves to true once somebody writes the claim, to false if nobody does for twenty seconds. */
async function isWritten(file, { id, beat }) {
  const until = performance.now() + WATCH_MILLISECONDS;
  while (performance.now() < until) {
    await sleep(BEAT_MILLISECONDS / 4);
    const now = readClaim(file);
    if (now && (now.id !== id || now.beat !== beat)) return true;
  }
  return false;
}

/**
 * Refuses where somebody in another container or on another machine holds the claim and lives. A claim that nobody writes
 * any more is removed; watching for that takes a while, and is said. A holder in this container is the caller's business.
 * @returns whether there was such a claim
 */
export async function refuseForeignHolder(file, what) {
  const holder = readClaim(file);
  if (!holder || isNear(holder)) return false;
  const { host, since } = holder;
  console.log(`▸ ${what} was last used by another container or machine (${host}, since ${since}).`);
  console.log(`  Watching for ${WATCH_MILLISECONDS / 1000} s whether it still is …`);
  if (await isWritten(file, holder)) throw heldElsewhere(what, holder);
  remove(file, holder);
  console.log("  It is not, so the start goes on.");
  return true;
}

/** Removes a claim that nobody writes. Of two that do so at once, one may find the other's fresh claim: it goes back. */
function remove(file, { id }) {
  const aside = `${file}.stale-${randomUUID()}`;
  try {
    fs.renameSync(file, aside);
    if (readClaim(aside)?.id !== id) fs.linkSync(aside, file);
    fs.rmSync(aside, { force: true });
  } catch (error) {
    if (error.code !== "ENOENT" && error.code !== "EEXIST") throw error;
  }
}

const heldElsewhere = (what, { host, since }) =>
  new StepError(
    `${what} is in use on another machine or in another container: ${host}, since ${since}.\n\nWhat to do: end that one first. A second instance needs a data folder of its own (TUNELOOP_DATA).`,
  );

/**
 * Takes the claim `file` and keeps it until `release`. `onLost` is called with the other holder where somebody took it
 * over, which happens to a machine that slept for long: whoever lost it must write no more.
 * @param what what is claimed, as the beginning of a sentence
 * @param subject a further pid that the claim is about
 * @returns `release`, and `wasElsewhere`: whether another container or machine had it before
 * @throws StepError where another holder lives
 */
export async function takeClaim(file, { what, subject, onLost }) {
  const wasElsewhere = await refuseForeignHolder(file, what);
  const found = readClaim(file);
  if (found && !isNearAndDead(found))
    throw isNear(found)
      ? new StepError(
          `${what} is in use by process ${found.pid} (since ${found.since}).\n\nWhat to do: end that one first.`,
        )
      : heldElsewhere(what, found);
  if (found) remove(file, found);
  const mine = {
    id: randomUUID(),
    host: os.hostname(),
    place: placeOfProcesses(),
    pid: process.pid,
    started: startTime(process.pid),
    since: new Date().toISOString(),
    subject,
    beat: 0,
  };
  const written = `${file}.${mine.id}`;
  fs.writeFileSync(written, JSON.stringify(mine), { mode: 0o600 });
  try {
    fs.linkSync(written, file); // fails where somebody else was quicker
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    throw heldElsewhere(what, readClaim(file) ?? mine);
  } finally {
    fs.rmSync(written, { force: true });
  }
  // A thread of its own writes, for the main one may be busy for longer than others watch.
  const beating = new Worker(new URL("./claim-beat.mjs", import.meta.url), { workerData: { file, mine } });
  beating.unref();
  beating.once("message", (holder) => onLost(holder));
  return {
    wasElsewhere,
    async release() {
      await beating.terminate();
      if (readClaim(file)?.id === mine.id) fs.rmSync(file, { force: true });
    },
  };
}
