import type { RunWarning } from "@/domain/runs/run-remarks";
import type { LeftOutReason } from "./left-out-reasons";

/** Places that are named of one kind of note. */
const NAMED = 20;

type Counted = { count: number; places: string[] };

/** What happened to rows while they were read: keys that are not read, and rows that are left out with the reason. */
export class IntakeNotes {
  private readonly keys = new Map<string, Counted>();
  private readonly messageKeys = new Map<string, Counted>();
  readonly leftOut: { reason: LeftOutReason; place: string }[] = [];
  readonly refused: string[] = [];

  /** @param key as `readRow` names it: `tools`, `messages[].name` */
  ignore(key: string, place: string): void {
    const name = /^messages\[\]\.(.*)$/.exec(key)?.[1];
    count(name === undefined ? this.keys : this.messageKeys, name ?? key, place);
  }

  /** A row that is left out because of a fault, which is named. */
  refuse(place: string, message: string): void {
    this.leftOut.push({ reason: "refusedRow", place });
    if (this.refused.length < NAMED) this.refused.push(`${place}: ${message}`);
  }

  /**
   * What a person should know of, in sentences.
   *
   * @param template the model's chat template, which reads further keys of a message where it names them; null where there is none
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
    ];
  }
}

function count(into: Map<string, Counted>, name: string, place: string): void {
  const entry = into.get(name) ?? { count: 0, places: [] };
  entry.count += 1;
  if (entry.places.length < NAMED) entry.places.push(place);
  into.set(name, entry);
}

const records = ({ count }: Counted) => (count === 1 ? "1 record carries" : `${count} records carry`);
const placesOf = ({ count, places }: Counted) => `${places.slice(0, 3).join(", ")}${count > 3 ? ", …" : ""}`;
