import type { Interpreter } from "@huggingface/jinja";

type Statement = Parameters<Interpreter["evaluate"]>[0];
type RuntimeValue = ReturnType<Interpreter["evaluate"]>;

const SIDES: Record<string, { start: boolean; end: boolean }> = {
  strip: { start: true, end: true },
  lstrip: { start: true, end: false },
  rstrip: { start: false, end: true },
};

/**
 * Evaluates `text.strip('\n')` and its two siblings as Python does: it takes the named characters alone off, where the
 * template library would take off all white space whatever was named.
 * @returns undefined for every other statement
 */
export function stripNamedCharacters(
  statement: Statement,
  evaluate: (statement: Statement) => RuntimeValue,
): RuntimeValue | undefined {
  const call = statement as unknown as {
    type: string;
    callee?: { type: string; computed: boolean; object: Statement; property: { value?: unknown } };
    args?: Statement[];
  };
  const { callee, args } = call;
  if (call.type !== "CallExpression" || callee?.type !== "MemberExpression" || callee.computed) return undefined;
  const name = String(callee.property.value);
  const side = Object.hasOwn(SIDES, name) ? SIDES[name] : undefined;
  if (!side || !args?.[0]) return undefined;
  const text = evaluate(callee.object);
  const named = evaluate(args[0]);
  if (typeof text.value !== "string" || typeof named.value !== "string") return undefined;
  const characters = new Set(named.value);
  const letters = [...text.value];
  let [from, to] = [0, letters.length];
  while (side.start && from < to && characters.has(letters[from] as string)) from++;
  while (side.end && to > from && characters.has(letters[to - 1] as string)) to--;
  const StringValue = text.constructor as new (value: string) => RuntimeValue;
  return new StringValue(letters.slice(from, to).join(""));
}
