// Zones on strips: runs of LEDs as documents write them, who owns which LED, and what is to be changed. It knows no page.

const RUN = /^([a-z][a-z0-9_]*)\s+(\d{1,6})(?:\s*-\s*(\d{1,6}))?$/;
const NAME = /^[a-z][a-z0-9_]{0,39}$/;
const ARTICLES = /^(?:les?|la|l|the)_/;

/** Read runs, such as "river 0-119, plants 3": `[{strip, first, last}]`, or null when they are none. */
export function readRuns(text) {
  const runs = text.split(",").map((part) => RUN.exec(part.trim()));
  if (runs.some((run) => run === null)) return null;
  return runs.map(([, strip, first, last]) => ({ strip, first: Number(first), last: Number(last ?? first) }));
}

/** Write a run: "river 119-0" runs against the strip. */
export function writeRun({ strip, first, last }) {
  return first === last ? `${strip} ${first}` : `${strip} ${first}-${last}`;
}

/** The LEDs of runs in their order: `[[strip, number], …]`. */
export function ledsOf(runs) {
  return runs.flatMap(({ strip, first, last }) => {
    const way = first <= last ? 1 : -1;
    return Array.from({ length: Math.abs(last - first) + 1 }, (_, i) => [strip, first + way * i]);
  });
}

/** Whether a run goes against the strip. */
export const isAgainst = ({ first, last }) => last < first;

/** Numbers as people read them: "3-5, 9". */
export function inSpans(numbers) {
  const spans = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else spans.push([number, number]);
  }
  return spans.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");
}

export const isName = (name) => NAME.test(name);

/** A name for a zone of this title that no other has: "Le Rhône à Lyon" → "rhone_a_lyon". */
export function suggestName(title, taken) {
  const plain = title.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/œ/g, "oe").replace(/[^a-z0-9]+/g, "_");
  const name = plain.replace(/^[_0-9]+|_+$/g, "").replace(ARTICLES, "").slice(0, 36).replace(/_+$/, "") || "zone";
  for (let i = 1; ; i += 1) {
    const tried = i === 1 ? name : `${name}_${i}`;
    if (!taken.includes(tried)) return tried;
  }
}

export class Zoning {
  /**
   * @param {object} map the answer of /api/map.
   * @param {object | null} saved what `saved()` gave, or null.
   */
  constructor(map, saved = null) {
    this.changes = new Map(saved?.changes ?? []); // zone → {title, leds: [run text], like}
    this.deleted = new Set(saved?.deleted ?? []);
    this.renew(map);
  }

  saved() {
    return { changes: [...this.changes], deleted: [...this.deleted] };
  }

  /** Take over what the document says now. */
  renew(map) {
    this.map = map;
    this.there = new Map(map.zones.map((zone) => [zone.zone, zone]));
    this.standing = new Map();
    for (const zone of map.zones) {
      ledsOf(readRuns(zone.leds.join(","))).forEach(([strip, number], i) => this.standing.set(`${strip} ${number}`, zone.places[i]));
    }
    for (const name of this.deleted) if (!this.there.has(name)) this.deleted.delete(name);
  }

  get isEmpty() {
    return this.changes.size === 0 && this.deleted.size === 0;
  }

  /** The zones as they would be: `[{zone, title, leds, state: "kept" | "changed" | "new"}]`. */
  zones() {
    const kept = [...this.there.values()].filter(({ zone }) => !this.deleted.has(zone));
    const added = [...this.changes].filter(([name]) => !this.there.has(name));
    return [
      ...kept.map((zone) => ({ ...zone, ...this.changes.get(zone.zone), state: this.changes.has(zone.zone) ? "changed" : "kept" })),
      ...added.map(([zone, change]) => ({ zone, ...change, state: "new" })),
    ];
  }

  /** Which zones have each LED: a map from "strip number" to names. */
  owners() {
    const owners = new Map();
    for (const { zone, leds } of this.zones()) {
      for (const led of ledsOf(readRuns(leds.join(",")) ?? [])) {
        const key = led.join(" ");
        owners.set(key, [...(owners.get(key) ?? []), zone]);
      }
    }
    return owners;
  }

  /** What is wrong with the zones so far: LEDs of no zone by strip, LEDs of two zones, zones that run against their strip. */
  survey() {
    const owners = this.owners();
    const free = new Map();
    for (const { strip, leds } of this.map.strips) {
      const numbers = Array.from({ length: leds }, (_, i) => i).filter((i) => !owners.has(`${strip} ${i}`));
      free.set(strip, numbers);
    }
    const overlaps = new Map();
    for (const [led, names] of owners) {
      if (names.length < 2) continue;
      const [strip, number] = led.split(" ");
      const key = `${strip} ${names.join(" ")}`;
      overlaps.set(key, { strip, zones: names, numbers: [...(overlaps.get(key)?.numbers ?? []), Number(number)] });
    }
    const against = this.zones().filter(({ leds }) => (readRuns(leds.join(",")) ?? []).some(isAgainst));
    return { free, overlaps: [...overlaps.values()], against };
  }

  /** What the server is asked: places as they were seen in the walks, and where nobody has seen any of a zone, as they stand. */
  request(walks) {
    const zones = [...this.changes].map(([zone, { title, leds, like }]) => {
      const numbers = ledsOf(readRuns(leds.join(",")));
      const walked = numbers.map(([strip, number]) => [strip, number, walks.get(strip)?.placed.get(number)]).filter(([, , place]) => place);
      const known = numbers.map(([strip, number]) => [strip, number, this.standing.get(`${strip} ${number}`)]).filter(([, , place]) => place);
      const seen = (walked.length ? walked : known).map(([strip, number, [x, y]]) => [strip, number, x, y]);
      const words = Object.entries(title).filter(([, text]) => text);
      return { zone, leds, seen, title: Object.fromEntries(words), like: like ?? null };
    });
    return { zones, deleted: [...this.deleted] };
  }

  /** The first LED of a zone to be changed whose place nobody knows though a path begins or ends there, or null. */
  missing(walks) {
    for (const { zone, leds, seen } of this.request(walks).zones) {
      const known = new Set(seen.map(([strip, number]) => `${strip} ${number}`));
      const numbers = ledsOf(readRuns(leds.join(",")));
      for (const [strip, number] of [numbers[0], numbers.at(-1)]) if (!known.has(`${strip} ${number}`)) return { zone, strip, number };
    }
    return null;
  }
}
