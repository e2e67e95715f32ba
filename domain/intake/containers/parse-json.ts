/** The value that a JSON text holds, or what is wrong with the text in words for a person. */
export type ParsedJson = { value: unknown } | { problem: string };

/**
 * Parses one JSON text. Beyond JSON.parse it refuses a key that an object has twice (JSON.parse takes the last), and
 * names what other tools write: NaN, Infinity, single quotes, line ends that are none.
 */
export function parseJson(text: string): ParsedJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { problem: describeFault(text, error) };
  }
  if (countKeysInText(text) === countKeys(value)) return { value };
  const key = doubledKey(text) ?? "";
  return { problem: `the key "${key}" appears twice in one object, and only one of the two can be meant` };
}

/** Says what another tool wrote that JSON does not have, or else what the parser says. */
function describeFault(text: string, error: SyntaxError): string {
  const bare = text.replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
  const number = /(?<![\w"])-?(NaN|Infinity)(?!\w)/.exec(bare)?.[1];
  if (number) return `${number} is not valid JSON; write null, or leave the key out`;
  if (/[}\]]\s*\r\s*[{[]/.test(bare)) return "the lines end with CR alone; save the file with LF line ends";
  if (/[}\]]\s*[\u2028\u2029]\s*[{[]/.test(bare))
    return "the lines end with U+2028 or U+2029; save the file with LF line ends";
  if (/^\s*\{\s*'/.test(text))
    return "not valid JSON: it is written with single quotes, as Python prints; use json.dumps";
  if (/(?<![\w"])(None|True|False)(?!\w)/.test(bare))
    return "not valid JSON: it has Python's None, True or False; use json.dumps";
  const reason = error.message.replace(/\s+/g, " ");
  return `not valid JSON (${reason.length > 160 ? `${reason.slice(0, 157)}…` : reason})`;
}

/** Counts without recursion, since a text may nest as deeply as it likes. */
function countKeys(value: unknown): number {
  let count = 0;
  const left: unknown[] = [value];
  while (left.length > 0) {
    const one = left.pop();
    if (Array.isArray(one)) for (const entry of one) left.push(entry);
    else if (typeof one === "object" && one !== null)
      for (const key in one) {
        count += 1;
        left.push((one as Record<string, unknown>)[key]);
      }
  }
  return count;
}

/** Finds where the string that opens at `start` closes. The text must be valid JSON. */
function closingQuote(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 92) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}

function isKeyEnd(text: string, end: number): boolean {
  let next = end + 1;
  while (/\s/.test(text.charAt(next))) next += 1;
  return text.charCodeAt(next) === 58;
}

function countKeysInText(text: string): number {
  let count = 0;
  for (let start = text.indexOf('"'); start !== -1; ) {
    const end = closingQuote(text, start);
    if (isKeyEnd(text, end)) count += 1;
    start = text.indexOf('"', end + 1);
  }
  return count;
}

/** Finds the first key that an object has twice. This is slow, and only called where there is one. */
function doubledKey(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const letter = text.charAt(at);
    if (letter === "{") open.push(new Set());
    else if (letter === "[") open.push(null);
    else if (letter === "}" || letter === "]") open.pop();
    else if (letter === '"') {
      const end = closingQuote(text, at);
      if (isKeyEnd(text, end)) {
        const key = JSON.parse(text.slice(at, end + 1)) as string;
        const keys = open.at(-1);
        if (keys?.has(key)) return key;
        keys?.add(key);
      }
      at = end;
    }
  }
  return null;
}
