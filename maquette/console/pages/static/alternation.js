// Alternation: which language is shown now. Each is shown long enough to be read, and changes at a quiet moment. No clock of its own.

const READING_MS = 65; // per character, for somebody who also looks at the model
const SETTLING_MS = 6000;
const SHORTEST_MS = 12000;
const LONGEST_MS = 40000;

/** Return how long a text must stand to be read, in milliseconds. */
export function readingTime(characters) {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, SETTLING_MS + READING_MS * characters));
}

export class Alternation {
  /** @param {string[]} languages in their order, at least one. */
  constructor(languages) {
    this.languages = languages;
    this.index = 0;
    this.key = null;
    this.textAt = 0; // since when this text stands in this language
    this.languageAt = 0; // since when this language is shown
  }

  get language() {
    return this.languages[this.index];
  }

  /**
   * Return the language to show from now on.
   *
   * @param {object} shown `key` (of the step), `characters` (of its text), `now` (ms), `left` (ms until the step ends, or null), `chosen`
   *   (a language that somebody has chosen, or null).
   */
  next({ key, characters, now, left, chosen }) {
    if (this.languages.includes(chosen)) {
      this.index = this.languages.indexOf(chosen);
      this.textAt = now;
      this.languageAt = now;
      return chosen;
    }
    const turned = key !== this.key;
    const read = readingTime(characters);
    if (this.key === null) this.languageAt = now;
    if (turned) {
      this.key = key;
      this.textAt = now;
      if (now - this.languageAt < LONGEST_MS) return this.language;
    } else if (now - this.textAt < read || (left !== null && left < SHORTEST_MS)) return this.language;
    this.index = (this.index + 1) % this.languages.length;
    this.textAt = now;
    this.languageAt = now;
    return this.language;
  }
}
