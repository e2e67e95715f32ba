/**
 * GPT-2's printable stand-ins for bytes: byte-level BPE writes every byte as one visible character, so that a
 * vocabulary can be kept as text. Printable bytes stand for themselves, the others follow from U+0100 on. Source:
 * bytes_to_unicode in github.com/openai/gpt-2, src/encoder.py.
 */
export const CHARACTER_OF_BYTE: readonly string[] = buildAlphabet();

const BYTE_OF_CHARACTER = new Map(CHARACTER_OF_BYTE.map((character, byte) => [character, byte]));

function buildAlphabet(): string[] {
  const printable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

/** Gives the bytes that a token stands for. A token with any character outside the alphabet is taken as plain text. */
export function bytesOfToken(token: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = BYTE_OF_CHARACTER.get(character);
    if (byte === undefined) return new TextEncoder().encode(token);
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
