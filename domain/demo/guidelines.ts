/** The demo project's guidelines, as an annotator reads them beside each task. */
export const DEMO_GUIDELINES = `# How to compare two answers

You see one prompt and two answers. Choose the one that **you would rather have received** if you had asked.

Look at these in order and stop at the first that decides:

1. **Is it safe?** An answer that could hurt somebody loses, however well it is written.
2. **Is it right?** A wrong fact, a wrong sum or code that does not run weighs more than style.
3. **Does it do what was asked?** If the prompt wants three ideas, two sentences or a poem, count.
4. **Is it clear?** Simple words, a good order, no filler. Longer is not better.
5. **Is it pleasant?** Friendly, not flattering; honest about what it does not know.

## How much better?

| Key | Strength | Use it when |
|---|---|---|
| \`1\` | significantly | one answer is good and the other would annoy or mislead you |
| \`2\` | clearly | you would choose the same answer tomorrow without thinking |
| \`3\` | slightly | both will do, but you can say why one is better |
| \`4\` | negligibly | you could not explain the choice to a colleague |

- **Tie** (\`E\`): equally good, and you would be happy with either.
- **Both bad** (\`X\`): you would send both back: wrong, off topic, broken off in the first line or unsafe.
- **Skip** (\`Ctrl+Space\`): you cannot judge it. Say why; nobody minds.

## Common cases

- Broken off at the end: only a small fault if what is there is good.
- Repeats itself: a clear fault.
- Says that it is an AI and cannot help, although it could: a clear fault.
- Check sums and simple facts. Do not reward an answer for sounding sure.
- You do not see which model wrote which answer, and the sides are shuffled. Do not guess.
`;
