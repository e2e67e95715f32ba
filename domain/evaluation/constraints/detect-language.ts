import { fold, wordsOf } from "./text-units";

/** Scripts with the languages that this project can tell apart in them, each with some of its commonest small words. */
const SCRIPTS: Record<string, Record<string, string>> = {
  Latin: {
    en: "the and of to is in that it you for was with are this have not but they be on",
    de: "der die das und ist nicht ich ein eine zu mit den auf für von sich es dem sind auch wird im",
    fr: "le la les et est des une un que dans pour pas sur qui du ce au avec vous sont il elle",
    es: "el la los las y es de que en un una por con para no se del su lo como más son",
    it: "il la e di che è un una per non con sono del della gli le si nel anche più lo",
    pt: "o a os as e é de que em um uma para com não do da se no na por mais são",
    nl: "de het een en van is dat niet op te zijn voor met die er aan ook wordt bij",
    sv: "och att det är en ett som på för av med den inte jag har till de om",
    fi: "ja on ei se että oli hän mutta ovat kun myös tai joka niin minä",
    pl: "i w na nie się z do to jest że jak ale po są przez dla oraz",
    tr: "ve bir bu için de da ile çok ne var olarak gibi daha değil ama",
    vi: "và là của có không cho một được trong người những các với này để",
    sw: "na ya wa kwa ni katika la za kuwa hii cha yake lakini kama",
  },
  Cyrillic: {
    ru: "и в не на что с он как это по но из у за от для она был мы так",
    uk: "і в не на що з він як це але та у за від для є вона ми й до",
    bg: "и в не на че с той като това по но от за се да са е ще тя към",
  },
  Arabic: {
    ar: "في من على أن إلى هذا التي الذي هو هي ما لا عن مع كان",
    fa: "و در به از که این را با است برای آن یک می های هم",
    ur: "کے میں کی ہے اور سے کا کو پر ہیں نے یہ کہ ایک وہ",
  },
  Devanagari: {
    hi: "के है में की और से का को पर हैं यह एक नहीं कि था",
    mr: "आहे आणि या हे तो ती मी नाही एक आहेत होते च्या",
    ne: "छ र को मा हो पनि यो लाई छन् ले एक गर्न भएको",
  },
  Greek: { el: "" },
  Hebrew: { he: "" },
  Bengali: { bn: "" },
  Tamil: { ta: "" },
  Telugu: { te: "" },
  Kannada: { kn: "" },
  Malayalam: { ml: "" },
  Gujarati: { gu: "" },
  Gurmukhi: { pa: "" },
  Thai: { th: "" },
  Hangul: { ko: "" },
  Hiragana: { ja: "" },
  Han: { zh: "" },
};

/** The languages that can be told, as ISO 639-1 codes. */
export const LANGUAGES = Object.values(SCRIPTS).flatMap((languages) => Object.keys(languages)) as [string, ...string[]];

const scriptPatterns = Object.keys(SCRIPTS).map(
  (script) => [script, new RegExp(`\\p{Script=${script}}`, "gu")] as const,
);
const kana = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const smallWords = new Map(
  Object.values(SCRIPTS).flatMap((languages) =>
    Object.entries(languages).map(([language, words]) => [language, new Set(words.split(" "))] as const),
  ),
);

/**
 * Tells the language of a text: its commonest script, and within a script that several languages share, the language
 * whose small words it uses most. Null where no small word, or those of two languages equally, are found: a text of a
 * few names can't be told.
 */
export function detectLanguage(text: string): string | null {
  const counts = scriptPatterns.map(([script, pattern]) => [script, text.match(pattern)?.length ?? 0] as const);
  const kanaCount = text.match(kana)?.length ?? 0;
  // Japanese mixes kana with Han characters; Chinese has no kana.
  const han = counts.find(([script]) => script === "Han")?.[1] ?? 0;
  if (kanaCount > 0 && kanaCount * 10 >= han && kanaCount + han > text.length / 4) return "ja";
  const [script, most] = counts.reduce((a, b) => (b[1] > a[1] ? b : a));
  if (most === 0) return null;
  const candidates = Object.keys(SCRIPTS[script] ?? {});
  if (candidates.length === 1) return candidates[0] ?? null;
  const words = wordsOf(fold(text));
  const scores = candidates
    .map((language) => [language, words.filter((word) => smallWords.get(language)?.has(word)).length] as const)
    .sort((a, b) => b[1] - a[1]);
  const [best, second] = scores;
  return best && best[1] > 0 && best[1] > (second?.[1] ?? 0) ? best[0] : null;
}
