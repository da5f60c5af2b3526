// Words: the locale file of the page's language, numbers and durations. No text that people read stands in any other module.

const AGAIN_MS = 700;
const root = document.documentElement;
root.dataset.works = ""; // or else the page says that it does not start

/** The language of the documents' texts. */
export let language = root.dataset.language;
/** The language of the interface. */
export let locale = root.dataset.interface;

const words = new Map();
let entries = await wordsOf(locale);

async function wordsOf(code) {
  if (!words.has(code)) words.set(code, await load(`/locale/${code}.json`));
  return words.get(code);
}

/** Speak another language from now on; an interface that has no words in it keeps its own. What is written already is the caller's. */
export async function speak(code) {
  const found = await wordsOf(code);
  language = code;
  if (found === null) return;
  entries = found;
  locale = code;
  root.lang = code;
}

/** Return the JSON behind a path, null where there is nothing; a server that is away for a moment is asked again. */
export async function load(path) {
  for (;;) {
    try {
      const response = await fetch(path);
      if (response.ok) return await response.json();
      if (response.status === 404) return null;
    } catch {
      // asked again below
    }
    await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS); });
  }
}

/** Return the words of a key with its arguments filled in. */
export function say(key, values = {}) {
  return entries[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Write a duration in seconds: "12 s", "3 min", "2 h". */
export function duration(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s}\u00a0s`;
  if (s < 3600) {
    const rest = s < 600 ? s % 60 : 0;
    return `${Math.floor(s / 60)}\u00a0min${rest ? `\u00a0${rest}\u00a0s` : ""}`;
  }
  return `${Math.floor(s / 3600)}\u00a0h`;
}

/** Write a number with its unit in the language of the interface. */
export function quantity(value, unit) {
  const number = value.toLocaleString(locale, { maximumFractionDigits: 2 }).replace("-", "\u2212");
  return unit ? `${number}\u00a0${unit}` : number;
}

/** Return an address of the interface in the page's language. */
export function address(path, parameters = {}) {
  return `${path}?${new URLSearchParams({ lang: language, ...parameters })}`;
}
