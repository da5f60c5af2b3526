// Parts that both pages show: languages, the legend of the scales in use, and the panel "why this colour?".

import { find, fill, make, show } from "./dom.js";
import { address, duration, language, quantity, say } from "./words.js";

/** Put a link to each other language into the page's head. */
export function showLanguages(languages) {
  const others = languages.filter((code) => code !== language);
  const links = others.map((code) => make("a", { href: `?lang=${code}`, lang: code, hreflang: code, title: nameOf(code) }, code.toUpperCase()));
  document.querySelector(".languages").replaceChildren(...links);
}

function nameOf(code) {
  return new Intl.DisplayNames([code], { type: "language" }).of(code);
}

/** Say that the line is lost, and since when what is shown is old. */
export function showLost(milliseconds) {
  find("board").classList.add("lost");
  const known = milliseconds !== null;
  show(find("link"), known ? say("connection_lost", { time: duration(milliseconds / 1000) }) : say("connecting"));
}

/** Say that the server answers while the model is still starting. */
export function showOpened() {
  if (find("board").classList.contains("waiting")) find("state").textContent = say("starting");
}

/** Take the line's banner away. */
export function showFound() {
  find("board").classList.remove("lost");
  show(find("link"), "");
}

/** Show the legends of the scales that the lit zones use. */
export function showLegend(model, state) {
  const used = new Set(state.zones.map((zone) => zone.scale));
  const scales = model.scales.filter((scale) => used.has(scale.scale));
  fill(find("legend"), scales, () => scales.map(legend));
}

function legend(scale) {
  const { entries } = scale;
  const title = make("h3", {}, scale.title + (scale.unit ? ` (${scale.unit})` : ""));
  if (!scale.continuous) {
    const rows = entries.map((entry) => {
      const from = scale.unit && entry.at !== null ? ` — ${quantity(entry.at, scale.unit)}` : "";
      return make("li", {}, swatch(entry.colour), entry.title + from);
    });
    return make("div", { className: "scale" }, title, make("ul", {}, ...rows));
  }
  const band = make("span", { className: "band" });
  band.style.background = `linear-gradient(to right in oklab, ${entries.map((entry) => entry.colour).join(", ")})`;
  const ends = [entries[0], entries[entries.length - 1]].map((entry) => {
    const words = /^[-\d\s.,]*$/.test(entry.title) ? null : entry.title; // a bare number is said by the quantity
    return make("span", {}, [words, entry.at === null ? null : quantity(entry.at, scale.unit)].filter(Boolean).join(", "));
  });
  return make("div", { className: "scale" }, title, band, make("div", { className: "ends" }, ...ends));
}

/** Return a dot of a colour. */
export function swatch(colour) {
  const dot = make("span", { className: "swatch", "aria-hidden": "true" });
  dot.style.backgroundColor = colour;
  return dot;
}

/** Ask why a zone has its colour and show the answer; returns the answer, or null when none came. */
export async function showWhy(zone) {
  let facts;
  try {
    const response = await fetch(address(`/api/zones/${encodeURIComponent(zone)}`, { with: "words" }));
    facts = response.ok ? await response.json() : null;
  } catch {
    facts = null;
  }
  if (facts === null) return null;
  show(find("why_title"), facts.title);
  fill(find("why_body"), facts, () => {
    const mark = facts.quality === "live" ? null : make("p", {}, make("span", { className: "mark" }, facts.quality_text));
    const pairs = facts.facts.flatMap((fact) => [make("dt", {}, fact.label), make("dd", { "data-fact": fact.name }, fact.text)]);
    return [mark, make("p", {}, facts.text), make("dl", { className: "facts" }, ...pairs)].filter(Boolean);
  });
  return facts;
}
