// The form of one zone: its title, its name and its run of LEDs; it is kept among the changes, not yet written.

import { find, make, show } from "./dom.js";
import { language, say } from "./words.js";
import { inSpans, isName, ledsOf, readRuns, suggestName, writeRun } from "./zoning.js";

const STATES = { changed: () => say("map_changed"), new: () => say("map_new_zone") };

export class ZoneForm {
  /**
   * @param {Zoning} zoning what is to be changed.
   * @param {Map} walks by strip.
   * @param {object} page `walk()` (the one under way), `goTo(strip, number)`, `changed()`.
   */
  constructor(zoning, walks, page) {
    Object.assign(this, { zoning, walks, page });
    this.zone = null; // null: a new one
    this.like = null;
    this.typed = { name: false, leds: false };
    this.mark = null; // where the run begins
    const names = new Intl.DisplayNames([language], { type: "language" });
    find("titles").append(...zoning.map.languages.map((code) => make("label", {}, say("map_title", { language: names.of(code) }), " ", make("input", { "data-language": code, lang: code, autocomplete: "off", maxlength: 120, oninput: () => this.#suggest() }))));
    find("zone").addEventListener("change", () => this.choose(find("zone").value || null));
    find("name").addEventListener("input", () => { this.typed.name = find("name").value !== ""; });
    find("leds").addEventListener("input", () => { this.typed.leds = find("leds").value !== ""; page.changed(); });
    find("form").addEventListener("submit", (event) => { event.preventDefault(); this.#keep(); });
    find("begin").addEventListener("click", () => this.#mark("begin"));
    find("end").addEventListener("click", () => this.#mark("end"));
    find("turn").addEventListener("click", () => this.#turn());
    find("again").addEventListener("click", () => this.#again());
    find("split").addEventListener("click", () => this.#split());
    find("remove").addEventListener("click", () => this.#remove());
  }

  /** The run that is written in the form. */
  get leds() {
    return find("leds").value;
  }

  /** Begin a new zone. */
  begin(like = null) {
    this.choose(null);
    this.like = like;
  }

  /** Fill the form with a zone, or with none (null). */
  choose(name) {
    const zone = this.zoning.zones().find((each) => each.zone === name);
    this.zone = zone ? name : null;
    this.like = zone?.like ?? null;
    this.typed = { name: Boolean(zone), leds: Boolean(zone) };
    find("name").value = zone?.zone ?? "";
    find("leds").value = zone?.leds.join(", ") ?? "";
    for (const input of this.#titles()) input.value = zone?.title[input.dataset.language] ?? "";
    show(find("flaw"), "");
    if (zone) {
      const run = readRuns(zone.leds[0])[0];
      if (this.walks.has(run.strip)) this.page.goTo(run.strip, run.first);
    }
    this.page.changed();
  }

  /** Offer the zones, and the stretch of LEDs that was just placed. */
  show() {
    const zones = this.zoning.zones();
    const rows = [["", say("map_new")], ...zones.map(({ zone, title, state }) => [zone, [title[language] || zone, STATES[state]?.()].filter(Boolean).join(" — ")])];
    const key = JSON.stringify(rows);
    if (find("zone").dataset.rows !== key) {
      find("zone").dataset.rows = key;
      find("zone").replaceChildren(...rows.map(([value, words]) => make("option", { value }, words)));
    }
    find("zone").value = this.zone ?? "";
    find("name").readOnly = this.zone !== null;
    for (const id of ["split", "remove", "again"]) find(id).hidden = this.zone === null;
    const walk = this.page.walk();
    const owners = this.zoning.owners();
    const stretch = walk.stretch((number) => !owners.has(`${walk.strip} ${number}`));
    if (!this.typed.leds) find("leds").value = stretch ? writeRun({ strip: walk.strip, first: stretch[0], last: stretch[1] }) : "";
    find("leds").placeholder = `${walk.strip} 0-9`;
    this.#survey();
  }

  #titles() {
    return [...find("titles").querySelectorAll("input")];
  }

  #suggest() {
    if (this.typed.name || this.zone !== null) return;
    const title = this.#titles().map((input) => input.value).find(Boolean) ?? "";
    find("name").value = title ? suggestName(title, this.#taken()) : "";
  }

  #taken() {
    return [...this.zoning.zones().map(({ zone }) => zone), ...this.zoning.deleted];
  }

  // What is not placed yet and what cannot be so, in plain words.
  #survey() {
    const { strip, leds } = this.page.walk();
    const { free, overlaps, against } = this.zoning.survey();
    const count = free.get(strip).length;
    const lines = [count ? say("map_free", { count, leds, strip, numbers: inSpans(free.get(strip)) }) : say("map_none_free", { strip })];
    for (const { zones, numbers, strip: on } of overlaps) lines.push(say("map_overlap", { strip: on, numbers: inSpans(numbers), zones: zones.join(", ") }));
    if (against.length) lines.push(say("map_against", { zones: against.map(({ zone, leds: runs }) => `${zone} (${runs.join(", ")})`).join(", ") }));
    find("survey").replaceChildren(...lines.map((line, i) => make("li", { className: i > 0 && i <= overlaps.length ? "flaw" : "" }, line)));
  }

  #mark(which) {
    const walk = this.page.walk();
    const runs = readRuns(this.leds) ?? [];
    const run = runs.findLast((each) => each.strip === walk.strip) ?? { strip: walk.strip, first: walk.at, last: walk.at };
    if (which === "begin") run.first = walk.at;
    else run.last = walk.at;
    find("leds").value = [...runs.filter((each) => each !== run), run].map(writeRun).join(", ");
    this.typed.leds = true;
    this.page.changed();
  }

  #turn() {
    const runs = readRuns(this.leds);
    if (runs === null) return this.#refuse(say("map_no_run", { written: this.leds }));
    find("leds").value = runs.reverse().map(({ strip, first, last }) => writeRun({ strip, first: last, last: first })).join(", ");
    this.typed.leds = true;
    return this.page.changed();
  }

  // Take the places of a zone's LEDs over into the walk, where each can be corrected.
  #again() {
    for (const [strip, number] of ledsOf(readRuns(this.leds) ?? [])) {
      const place = this.zoning.standing.get(`${strip} ${number}`);
      const walk = this.walks.get(strip);
      if (place && walk && !walk.placed.has(number)) walk.placed.set(number, place);
    }
    this.page.changed();
  }

  #refuse(text) {
    show(find("flaw"), text);
  }

  #keep() {
    const name = find("name").value.trim();
    const runs = readRuns(this.leds);
    const flaw = this.#flaw(name, runs);
    if (flaw) return this.#refuse(flaw);
    const title = Object.fromEntries(this.#titles().map((input) => [input.dataset.language, input.value.trim()]));
    this.zoning.changes.set(name, { title, leds: runs.map(writeRun), like: this.like });
    return this.begin();
  }

  #flaw(name, runs) {
    if (!isName(name)) return say("map_bad_name", { name, suggestion: suggestName(name, this.#taken()) });
    if (this.zone === null && this.#taken().includes(name)) return say("map_name_taken", { name, suggestion: suggestName(name, this.#taken()) });
    if (runs === null) return say("map_no_run", { written: this.leds });
    for (const { strip, first, last } of runs) {
      const walk = this.walks.get(strip);
      if (walk === undefined) return say("map_no_strip", { strip, strips: [...this.walks.keys()].join(", ") });
      if (Math.max(first, last) >= walk.leds) return say("map_no_led", { strip, last: walk.leds - 1 });
    }
    return null;
  }

  // The LED that is lit begins the second half.
  #split() {
    const walk = this.page.walk();
    const leds = ledsOf(readRuns(this.leds) ?? []);
    const at = leds.findIndex(([strip, number]) => strip === walk.strip && number === walk.at);
    if (at < 1) return this.#refuse(say("map_split_where", { zone: this.zone }));
    const { zone } = this;
    const { title } = this.zoning.zones().find((each) => each.zone === zone);
    const [first, second] = [leds.slice(0, at), leds.slice(at)].map(inRuns);
    const like = this.zoning.there.has(zone) ? zone : this.zoning.changes.get(zone).like;
    this.zoning.changes.set(zone, { title, leds: first, like: this.like });
    const name = suggestName(`${zone}_2`, this.#taken());
    this.zoning.changes.set(name, { title, leds: second, like });
    return this.choose(name);
  }

  #remove() {
    this.zoning.changes.delete(this.zone);
    if (this.zoning.there.has(this.zone)) this.zoning.deleted.add(this.zone);
    this.begin();
  }
}

/** LEDs as few runs as possible. */
function inRuns(leds) {
  const runs = [];
  for (const [strip, number] of leds) {
    const run = runs.at(-1);
    const step = number - (run?.last ?? 0);
    if (run?.strip === strip && Math.abs(step) === 1 && (run.first === run.last || (run.last - run.first) * step > 0)) run.last = number;
    else runs.push({ strip, first: number, last: number });
  }
  return runs.map(writeRun);
}
