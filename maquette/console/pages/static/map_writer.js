// What is to be written: the list of changes, what they come to in the hardware document, and the writing of it.

import { send, tell } from "./command.js";
import { find, make, show } from "./dom.js";
import { say } from "./words.js";

export class MapWriter {
  /**
   * @param {Zoning} zoning what is to be changed.
   * @param {Map} walks by strip.
   * @param {object} page `goTo(strip, number)`, `edit(zone)`, `proposed(paths)`, `changed()`, `written(zones)`.
   */
  constructor(zoning, walks, page) {
    Object.assign(this, { zoning, walks, page });
    this.proposal = null; // the request, and the answer to it
    find("propose").addEventListener("click", () => this.#propose());
    find("save").addEventListener("click", () => this.#save());
  }

  /** Show the changes; a proposal for others is of no more use. */
  show() {
    const { zoning } = this;
    const rows = [
      ...[...zoning.changes].map(([zone, { leds }]) => [zone, zoning.there.has(zone) ? say("map_changed") : say("map_new_zone"), leds.join(", ")]),
      ...[...zoning.deleted].map((zone) => [zone, say("map_deleted"), ""]),
    ];
    find("changes").replaceChildren(...rows.map(([zone, state, leds]) => make("li", {},
      make("span", {}, make("b", {}, zone), make("small", {}, [state, leds].filter(Boolean).join(" — "))),
      make("button", { type: "button", "aria-label": say("map_drop_zone", { zone }), onclick: () => this.#drop(zone) }, say("map_drop")))));
    find("propose").hidden = zoning.isEmpty;
    if (this.proposal && JSON.stringify(zoning.request(this.walks)) !== this.proposal.request) this.#forget();
    if (zoning.isEmpty && this.proposal === null && !find("proposal").dataset.told) find("proposal").replaceChildren(make("p", { className: "soft small" }, say("map_no_changes")));
  }

  #drop(zone) {
    this.zoning.changes.delete(zone);
    this.zoning.deleted.delete(zone);
    this.page.changed();
  }

  #forget() {
    this.proposal = null;
    this.#tell([]);
    find("save").hidden = true;
    this.page.proposed([]);
  }

  #tell(lines) {
    delete find("proposal").dataset.told;
    find("proposal").replaceChildren(...lines);
  }

  async #propose() {
    const missing = this.zoning.missing(this.walks);
    if (missing) {
      const { zone, strip, number } = missing;
      const go = make("button", { type: "button", onclick: () => this.page.goTo(strip, number) }, say("map_go_there", { strip, number }));
      this.#tell([make("p", { className: "flaw" }, say("map_not_placed", { zone, strip, number })), go]);
      return;
    }
    const asked = this.zoning.request(this.walks);
    find("propose").setAttribute("aria-busy", "true");
    const answer = await send("POST", "/api/map/propose", asked);
    find("propose").removeAttribute("aria-busy");
    if (!answer?.ok) return;
    this.proposal = { request: JSON.stringify(asked), fingerprint: answer.fingerprint, zones: asked.zones.map(({ zone }) => zone) };
    this.page.proposed(answer.zones.map(({ path }) => path));
    find("save").hidden = !answer.passed || !answer.difference;
    this.#tell([
      ...answer.problems.length ? [make("ul", {}, ...answer.problems.map(asLine))] : [],
      ...answer.passed ? [] : [make("p", { className: "flaw" }, say("map_refused"))],
      ...answer.zones.map(fitOf).filter(Boolean),
      answer.difference ? diff(answer.difference) : make("p", {}, say("map_same")),
    ]);
    find("proposal").scrollIntoView({ block: "nearest" });
  }

  async #save() {
    const { request, fingerprint, zones } = this.proposal;
    find("save").setAttribute("aria-busy", "true");
    const answer = await send("PUT", "/api/map", JSON.parse(request), { "if-match": `"${fingerprint}"` });
    find("save").removeAttribute("aria-busy");
    if (!answer?.ok) {
      if (answer?.code === "document_changed") this.#forget();
      if (answer?.problems) this.#tell([make("ul", {}, ...answer.problems.map(asLine)), make("p", { className: "flaw" }, say("map_refused"))]);
      return;
    }
    this.#forget();
    await this.page.written(zones);
    const told = [make("p", {}, say("map_written", { file: answer.document })), make("p", {}, answer.taken_over ? say("map_playing") : answer.reasons.join(" "))];
    this.#tell(told);
    find("proposal").dataset.told = "written";
    tell(say("map_written", { file: answer.document }));
  }
}

function asLine({ file, line, column, code, message, hint }) {
  return make("li", {}, make("small", { className: "soft" }, `${file}:${line}:${column} ${code}`), make("br"), [message, hint].filter(Boolean).join(" — "));
}

function fitOf({ zone, worst_mm: worst, worst_led: led, far, split_after: split, path }) {
  if (!far) return make("p", { className: "small soft" }, say("map_fits", { zone, points: path.length, worst: worst.toLocaleString(document.documentElement.lang) }));
  return make("p", { className: "flaw" }, [say("map_far", { zone, led, worst: Math.round(worst) }), split ? say("map_split_there", { led: split }) : null].filter(Boolean).join(" "));
}

function diff(text) {
  const lines = text.split("\n").slice(2).map((line) => {
    const kind = { "+": "in", "-": "out", "@": "where" }[line[0]] ?? "";
    return make("span", { className: kind }, `${line}\n`);
  });
  return make("pre", { className: "diff", role: "region", tabindex: "0", "aria-label": say("map_diff") }, ...lines);
}
