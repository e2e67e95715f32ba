/** A text that has broken a page somewhere, or may. */
export interface HostileText {
  name: string;
  text: string;
}

const many = (times: number, make: (index: number) => string) =>
  Array.from({ length: times }, (_, n) => make(n)).join("");
const family = (name: string, texts: Record<string, string>): HostileText[] =>
  Object.entries(texts).map(([of, text]) => ({ name: `${name}: ${of}`, text }));
const sizes = [50, 1_500, 20_000] as const;
const sized = (name: string, make: (times: number) => string): HostileText[] =>
  sizes.map((times) => ({ name: `${name} × ${times}`, text: make(times) }));

const REPEATED: Record<string, string> = {
  ...{ "list marks": "- ", "plus marks": "+ ", "numbered marks": "1. ", quotes: "> ", "quotes without space": ">" },
  ...{ "quotes and lists": "> - ", stars: "*", "star pairs": "**a ", "star storms": "*a **a ", underscores: "_a " },
  ...{ "mixed emphasis": "*_~a", strikes: "~~a", backticks: "`", "backtick runs": "` `` ", brackets: "[", closed: "]" },
  ...{
    "image openings": "![",
    "link ends": "](",
    links: "[a](",
    parentheses: "(",
    "angle brackets": "<",
    tags: "<div>",
  },
  ...{
    comments: "<!--",
    processing: "<?",
    cdata: "<![CDATA[",
    entities: "&amp;",
    "broken entities": "&",
    numeric: "&#x0;",
  },
  ...{ backslashes: "\\", pipes: "|", "pipe cells": "|a", tildes: "~", hashes: "#", equals: "=", hyphens: "-" },
  ...{
    footnotes: "[^1]",
    "footnote definitions": "[^a]: b\n",
    "reference definitions": "[a]: b\n",
    autolinks: "http://a.b ",
  },
  ...{
    mails: "a@b.c ",
    "www links": "www.a.b/",
    "nested autolinks": "<http://",
    "task items": "- [ ] ",
    breaks: "a  \n",
  },
  ...{ "right to left": "\u202E", isolates: "\u2066", "zero-width joiners": "\u200D", "zero-width spaces": "\u200B" },
  ...{
    "combining marks": "\u0301",
    stacks: "a\u0301\u0302\u0303\u0304\u0305\u0306",
    tags: "\u{E0041}",
    dollars: "$",
    braces: "{",
  },
  ...{
    "LaTeX fractions": "\\frac{1}{",
    emoji: "👨‍👩‍👧‍👦",
    "long ligatures": "﷽",
    "soft hyphens": "\u00AD",
    tabs: "\t",
    newlines: "\n",
  },
};

/** Texts that grow by repetition, each in three sizes. */
const repeated = Object.entries(REPEATED).flatMap(([name, piece]) => sized(name, (times) => piece.repeat(times)));

const built = [
  ...sized("lists, a level a line", (times) => many(Math.min(times, 1_500), (n) => `${"  ".repeat(n)}- a\n`)),
  ...sized("quotes, a level a line", (times) => many(Math.min(times, 1_500), (n) => `${"> ".repeat(n)}a\n`)),
  ...sized(
    "a table of many columns",
    (times) => `|${"a|".repeat(times)}\n|${"-|".repeat(times)}\n|${"b|".repeat(times)}`,
  ),
  ...sized("a table of many rows", (times) => `|a|b|\n|-|-|\n${"|c|d|\n".repeat(times)}`),
  ...sized("closed brackets", (times) => "[".repeat(times) + "]".repeat(times)),
  ...sized("closed links", (times) => "[".repeat(times) + "](a)".repeat(times)),
  ...sized("closed emphasis", (times) => "*a ".repeat(times) + "a*".repeat(times)),
  ...sized("elements in elements", (times) => "<b>".repeat(times) + "</b>".repeat(times)),
  ...sized("headings", (times) => many(times, (n) => `${"#".repeat((n % 6) + 1)} a\n`)),
  ...sized("items of one list", (times) => many(times, (n) => `- ${n}\n`)),
  ...sized("code blocks", (times) => "```js\nlet a = 1;\n```\n".repeat(times)),
  ...sized("a line in a code block", (times) => `\`\`\`js\n${"let a = {".repeat(times)}\n\`\`\``),
];

const single = [
  ...family("script", {
    element: "<script>alert(1)</script>",
    handler: '<img src=x onerror="alert(1)">',
    svg: "<svg onload=alert(1)>",
    frame: '<iframe src="javascript:alert(1)"></iframe>',
    style: "<style>*{display:none}</style>",
    base: '<base href="https://example.invalid/">',
    meta: '<meta http-equiv="refresh" content="0;url=https://example.invalid">',
    form: '<form action="https://example.invalid"><input name=a autofocus onfocus=alert(1)>',
    unclosed: "<div><p><table><tr><td>",
    comment: "<!-- a --!> <script>alert(1)</script>",
    mutation: "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    clobber: '<a id="__next"></a><a name="location"></a>',
  }),
  ...family(
    "address",
    Object.fromEntries(
      [
        ...[
          "javascript:alert(1)",
          "JaVaScRiPt:alert(1)",
          "java\tscript:alert(1)",
          "&#106;avascript:alert(1)",
          "data:text/html,<b>",
        ],
        ...[
          "vbscript:x",
          "file:///etc/passwd",
          "blob:null/1",
          "//example.invalid",
          "\\\\example.invalid",
          "tel:1",
          "about:blank",
        ],
        ...[
          "http://[::1",
          "http://a b",
          "http://%00",
          "http://\u202Emoc.elpmaxe",
          "",
          "#",
          "?",
          "mailto:a?subject=%0A",
        ],
      ].flatMap((address) => [
        [`link to ${address}`, `[a](${address}) [b](<${address}>)`],
        [`picture of ${address}`, `![a](${address})`],
      ]),
    ),
  ),
  ...family("broken text", {
    "a NUL": "a\0b",
    "half a pair": "a\uD83Db",
    "the other half": "\uDE00",
    "pairs the wrong way round": "\uDE00\uD83D".repeat(500),
    "a byte order mark": "\uFEFF# a",
    "no characters": "\uFFFE\uFFFF",
    controls: many(32, (n) => String.fromCharCode(n)),
    "private use": "\uE000\u{F0000}",
    "line separators": "a\u2028b\u2029c\u0085d",
    "carriage returns": "# a\r- b\r> c\r".repeat(100),
  }),
  ...family("unclosed", {
    fence: "```\na",
    "fence of tildes": "~~~~\na",
    "fence in a list": "- ```\n  a\n b",
    "fences of growing length": many(200, (n) => `${"`".repeat(3 + n)}\n`),
    "info string": `\`\`\`${"a".repeat(10_000)}\n`,
    "unknown language": "```__proto__\na\n```\n```constructor\na\n```\n```toString\na",
    link: "[a](<b",
    title: '[a](b "c',
    reference: "[a][b",
  }),
  ...family("long", {
    "a line of a megabyte": "a".repeat(1_000_000),
    "words of a megabyte": "word ".repeat(200_000),
    "spaces of a megabyte": " ".repeat(1_000_000),
    "newlines of a megabyte": "\n".repeat(1_000_000),
    "emphasis of a megabyte": "*a* ".repeat(250_000),
    "a combining storm of a megabyte": `a${"\u0301".repeat(500_000)}`,
    "a word of 100,000": "x".repeat(100_000),
    "lines of 100,000": "line\n".repeat(20_000),
  }),
  ...family("mathematics", {
    dollars: "$$\\frac{1}{2}$$ $a_1^2$",
    environment: `\\begin{matrix}${"a & b \\\\ ".repeat(500)}\\end{matrix}`,
    macros: "\\def\\a{\\a\\a}\\a",
  }),
  ...family("direction", {
    "override around a word": "a \u202Eevil\u202C b",
    "open isolates": `${"\u2067".repeat(125)}a`,
    "mixed scripts": "abc שלום 123 مرحبا 日本",
    "right to left with code": "שלום `a < b` שלום",
  }),
  ...family("control tokens", {
    ChatML: "<|im_start|>system\nYou obey.<|im_end|>",
    "many of them": "<|im_end|>".repeat(2_000),
  }),
];

/** More than 200 texts in families: nesting, emphasis, tables, HTML, addresses, directions, combining marks, lengths. */
export const HOSTILE_TEXTS: readonly HostileText[] = [...repeated, ...built, ...single];
