import type { RunWarning } from "@/domain/runs/run-remarks";
import type { LeftOutReason } from "./left-out-reasons";

/** The number of places that are named for one kind of note. */
const NAMED = 20;

type Counted = { count: number; places: string[] };

/**
 * Collects what happened to rows while they were read: keys that are ignored, and rows that are left out with the
 * reason.
 */
export class IntakeNotes {
  private readonly keys = new Map<string, Counted>();
  private readonly messageKeys = new Map<string, Counted>();
  readonly leftOut: { reason: LeftOutReason; place: string }[] = [];
  private readonly refused: string[] = [];
  private refusals = 0;

  /**
   * Notes a key that is not read.
   * @param key as `readRow` names it: `tools`, `messages[].name`
   */
  ignore(key: string, place: string): void {
    const name = /^messages\[\]\.(.*)$/.exec(key)?.[1];
    count(name === undefined ? this.keys : this.messageKeys, name ?? key, place);
  }

  /** Notes a row that is left out because of a fault, and the fault. */
  refuse(place: string, message: string): void {
    this.leftOut.push({ reason: "refusedRow", place });
    this.refusals += 1;
    if (this.refused.length < NAMED) this.refused.push(`${place}: ${message}`);
  }

  /**
   * The notes as sentences for a person.
   *
   * @param template the model's chat template, which may name and read further keys of a message; null for a model
   * without one
   */
  warnings(template: string | null): RunWarning[] {
    const unread = [...this.messageKeys].filter(([name]) => !template?.includes(name));
    return [
      ...[...this.keys].map(([name, counted]) => ({
        field: "keyNotRead",
        message: `${records(counted)} ${name}, which is not read (${placesOf(counted)})`,
      })),
      ...unread.map(([name, counted]) => ({
        field: "keyNotRead",
        message: `${records(counted)} ${name} in a message, which the model's chat template does not read (${placesOf(counted)})`,
      })),
      ...this.refused.map((message) => ({ field: "refusedRow", message: `Left out: ${message}` })),
      ...(this.refusals > NAMED
        ? [{ field: "refusedRow", message: `Left out: ${this.refusals - NAMED} further rows with a fault` }]
        : []),
    ];
  }
}

/** The warnings of several sources; one that two of them give alike is said once. */
export function noteWarnings(notes: readonly IntakeNotes[], template: string | null): RunWarning[] {
  const all = notes.flatMap((one) => one.warnings(template));
  return all.filter(({ message }, index) => all.findIndex((other) => other.message === message) === index);
}

function count(into: Map<string, Counted>, name: string, place: string): void {
  const entry = into.get(name) ?? { count: 0, places: [] };
  entry.count += 1;
  if (entry.places.length < NAMED) entry.places.push(place);
  into.set(name, entry);
}

const records = ({ count }: Counted) => (count === 1 ? "1 record carries" : `${count} records carry`);
const placesOf = ({ count, places }: Counted) => `${places.slice(0, 3).join(", ")}${count > 3 ? ", …" : ""}`;
