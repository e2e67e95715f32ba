import fc from "fast-check";
import type { z } from "zod";

/** Texts that have broken a server somewhere. */
const HOSTILE_TEXTS = [
  ...["", " ", "\0", "a\0b", "\uD83D", "\uDE00\uD83D", "\uFEFF", "\uFFFF", "\u202Eabc\u202C", "e\u0301".repeat(100)],
  ...['\'; DROP TABLE "User"; --', "%", "%00", "_%_%", "\\", "\\u0000", "$1", "{{7*7}}", "<script>alert(1)</script>"],
  ...["../../../../etc/passwd", "..\\..\\x", "/dev/zero", "file:///etc/passwd", "C:\\x", "~root", "a/b", "|id", "`id`"],
  ...["null", "undefined", "NaN", "Infinity", "1e999", "-1", "0x10", "true", "[object Object]"],
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "then"],
  ...["00000000-0000-0000-0000-000000000000", "not-a-uuid", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
  ...["2026-13-45", "999999-01-01T00:00:00Z", "\r\nSet-Cookie: a=b", "\t\v\f", "ﷺ".repeat(300), "𝔘𝔫𝔦", "İ".repeat(50)],
  ...[
    "(",
    "[",
    "(a+)+$",
    "*",
    "a".repeat(3_000),
    "9".repeat(400),
    "9".repeat(19),
    "-9223372036854775809",
    "😀".repeat(500),
  ],
] as const;

const HOSTILE_NUMBERS = [
  ...[0, -0, -1, 0.5, 1e-320, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 1e308, -1e308],
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
];

const hostileText = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
  { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
  { weight: 1, arbitrary: fc.constantFrom("x".repeat(300_000), "é😀".repeat(30_000)) },
);

/** Values that no schema asks for, of the kinds that the transport rebuilds as well. */
const strange: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom(...HOSTILE_NUMBERS),
  fc.constantFrom(null, undefined, true, 10n ** 30n, [], {}, [[[[]]]], new Date(8.64e15), new Date(Number.NaN)),
  fc.constantFrom(new Map([["a\0", 1]]), new Set(["\0"]), /(a+)+$/, new URL("http://example.org/")),
  fc.jsonValue({ maxDepth: 3 }),
);

/** The parts of zod's own description of a schema that decide what a valid value looks like. */
interface Definition {
  type: string;
  shape?: Record<string, Schema>;
  element?: Schema;
  innerType?: Schema;
  in?: Schema;
  keyType?: Schema;
  valueType?: Schema;
  options?: Schema[];
  items?: Schema[];
  entries?: Record<string, string | number>;
  values?: unknown[];
}
type Schema = z.ZodType & {
  _zod: { def: Definition; bag: { minimum?: number; maximum?: number; format?: string; patterns?: Set<RegExp> } };
};

/** The ids and names that exist, by the name of the field that takes them. */
export type Known = Readonly<Record<string, readonly string[]>>;

/** Makes inputs of a schema's shape: most of their parts are valid, some are hostile, some are absent or of another kind. */
export function inputOf(schema: z.ZodType, known: Known): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 9, arbitrary: anyValueOf(schema as Schema, known, "") }, { weight: 1, arbitrary: strange });
}

function anyValueOf(schema: Schema, known: Known, field: string): fc.Arbitrary<unknown> {
  const valid = validValueOf(schema, known, field);
  const isLeaf = ["string", "number", "int", "boolean", "enum", "literal"].includes(schema._zod.def.type);
  return fc.oneof({ weight: isLeaf ? 9 : 30, arbitrary: valid }, { weight: 1, arbitrary: strange });
}

function validValueOf(schema: Schema, known: Known, field: string): fc.Arbitrary<unknown> {
  const { def, bag } = schema._zod;
  const inner = (part: Schema | undefined, name = field) =>
    part ? anyValueOf(part, known, name) : fc.constant<unknown>(undefined);
  switch (def.type) {
    case "object":
      return fc
        .tuple(
          fc.record(
            Object.fromEntries(Object.entries(def.shape ?? {}).map(([name, part]) => [name, inner(part, name)])),
            { noNullPrototype: true },
          ),
          fc.option(
            fc.tuple(
              fc.constantFrom(...Object.keys(def.shape ?? { a: 1 }), "constructor", "__proto__", "a\0"),
              strange,
            ),
            {
              freq: 30,
            },
          ),
        )
        .map(([value, wrong]) => {
          if (wrong) Object.defineProperty(value, wrong[0], { value: wrong[1], enumerable: true, configurable: true });
          return value;
        });
    case "array":
      return fc.oneof(
        { weight: 12, arbitrary: fc.array(inner(def.element), { maxLength: 4 }) },
        {
          weight: 1,
          arbitrary: inner(def.element).map((part) =>
            isSmall(part) ? Array.from({ length: 2_000 }, () => part) : [part],
          ),
        },
      );
    case "tuple":
      return fc.tuple(...(def.items ?? []).map((part) => inner(part)));
    case "record":
      return fc.dictionary(fc.oneof(fc.constantFrom(...(known.record ?? ["a"])), hostileText), inner(def.valueType), {
        maxKeys: 4,
        noNullPrototype: true,
      });
    case "union":
      return fc.oneof(...(def.options ?? []).map((part) => inner(part)));
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "catch":
    case "readonly":
    case "nonoptional":
      return fc.oneof(
        { weight: 3, arbitrary: inner(def.innerType) },
        { weight: 1, arbitrary: fc.constantFrom(undefined, null) },
      );
    case "pipe":
      return inner(def.in);
    case "enum":
      return fc.constantFrom(...Object.values(def.entries ?? {}));
    case "literal":
      return fc.constantFrom(...(def.values ?? []));
    case "boolean":
      return fc.boolean();
    case "number":
    case "int": {
      const low = Math.max(bag.minimum ?? -10, -(2 ** 31));
      const high = Math.min(bag.maximum ?? low + 100, 2 ** 31);
      return fc.integer({ min: Math.ceil(low), max: Math.max(Math.ceil(low), Math.floor(high)) });
    }
    case "string":
      return textOf(bag.format, known, field);
    default:
      return strange;
  }
}

/** Says whether many of a value still make an input of a size that the transport lets through. */
function isSmall(value: unknown): boolean {
  try {
    return JSON.stringify(value).length < 200;
  } catch {
    return false; // not every value has a JSON
  }
}

function textOf(format: string | undefined, known: Known, field: string): fc.Arbitrary<unknown> {
  const existing = known[field] ?? (format === "uuid" || format === "guid" ? Object.values(known).flat() : []);
  const fallback =
    format === "uuid" || format === "guid"
      ? fc.uuid()
      : format === "email"
        ? fc.constantFrom("a@example.org", "ä@example.org", `${"a".repeat(60)}@example.org`)
        : fc.oneof(fc.string({ maxLength: 30 }), hostileText);
  return existing.length > 0 ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...existing) }, fallback) : fallback;
}

/** Makes texts for places that take any text at all. */
export const anyText = fc.oneof(hostileText, fc.string({ unit: "grapheme", maxLength: 40 }));
