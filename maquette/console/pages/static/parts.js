// Parts that the pages share: their head, the legend of the scales in use, and the panel "why this colour?".

import { fill, find, groupBy, make, show } from "./dom.js";
import { address, duration, language, quantity, say } from "./words.js";

/** Put a link to each other language into the page's head, and say there when the model is a simulation. */
export function showHead({ languages, simulated }) {
  find("simulated").hidden = !simulated;
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

/** Show the legends of the scales that the lit zones use; with `titles` (zone → title) also where on them which zones are. */
export function showLegend(model, state, titles = null) {
  const lit = (scale) => state.zones.filter((zone) => zone.scale === scale.scale);
  const shown = model.scales.map((scale) => [scale, lit(scale)]).filter(([, zones]) => zones.length).map(([scale, zones]) => [scale, titles ? zones : []]);
  fill(find("legend"), shown, () => shown.map(([scale, zones]) => {
    const title = make("h3", {}, scale.title + (scale.unit ? ` (${scale.unit})` : ""));
    const origin = zones.length ? make("p", { className: "small soft" }, ...originOf(zones)) : null;
    return make("div", { className: "scale" }, title, origin, ...(scale.continuous ? band(scale, zones, titles) : classes(scale, zones, titles)));
  }));
}

function originOf(zones) {
  const marks = new Set(zones.filter((zone) => zone.quality !== "live").map((zone) => say(`quality_${zone.quality}`)));
  const words = new Set(zones.flatMap((zone) => [zone.place, zone.nature_text, zone.source]).filter(Boolean));
  return [...[...marks].flatMap((text) => [mark(text), " "]), [...words].join(" — ")];
}

function row(colour, text, zones, titles) {
  const places = zones.length ? make("small", {}, zones.map((zone) => titles.get(zone.zone)).join(", ")) : null;
  return make("li", {}, swatch(colour), make("span", {}, text), places);
}

function classes(scale, zones, titles) {
  const rows = scale.entries.map((entry) => {
    const from = scale.unit && entry.at !== null ? ` — ${quantity(entry.at, scale.unit)}` : "";
    return row(entry.colour, entry.title + from, zones.filter((zone) => zone.class === entry.title), titles);
  });
  return [make("ul", {}, ...rows)];
}

function band(scale, zones, titles) {
  const { entries } = scale;
  const strip = make("span", { className: "band" });
  const colours = entries.map((entry) => entry.colour).join(", ");
  for (const way of ["to right", "to right in oklab"]) strip.style.background = `linear-gradient(${way}, ${colours})`; // older browsers know the first alone
  const ends = [entries[0], entries[entries.length - 1]].map((entry) => {
    const words = /^[-\d\s.,]*$/.test(entry.title) ? null : entry.title; // a bare number is said by the quantity
    return make("span", {}, [words, entry.at === null ? null : quantity(entry.at, scale.unit)].filter(Boolean).join(", "));
  });
  const alike = groupBy(zones, (zone) => `${figure(zone)} ${zone.colour}`);
  const rows = [...alike.values()].map((group) => row(group[0].quality === "missing" ? "transparent" : group[0].colour, figure(group[0]), group, titles));
  return [strip, make("div", { className: "ends" }, ...ends), make("ul", {}, ...rows)];
}

/** Show the question that stands, its answers and their buttons, and how often each was given. */
export function showQuestion(element, question) {
  element.hidden = question === null;
  fill(element, question, () => question === null ? [] : [
    make("p", { className: "asked" }, question.text),
    make("ul", {}, ...question.choices.map((choice) => answerRow(choice, question.open))),
    make("p", { className: "small soft" }, question.results_text),
  ]);
}

function answerRow(choice, open) {
  const bar = make("span", { className: "share", "aria-hidden": "true" }, make("i"));
  bar.firstElementChild.style.transform = `scaleX(${choice.share})`;
  return make("li", { "data-answer": choice.button },
    make("span", {}, choice.label, " ", open ? make("small", { className: "soft" }, say("answer_button", { label: choice.button_label })) : null),
    make("span", { className: "figure" }, String(choice.count)),
    bar);
}

/** Write a zone's class and value: "Dégradé (3)". */
export function figure(zone) {
  if (zone.quality === "missing") return say("quality_missing");
  return zone.class && zone.class !== zone.value_text ? `${zone.class} (${zone.value_text})` : zone.value_text;
}

/** Return the mark of a quality. */
export function mark(text) {
  return make("span", { className: "mark" }, text);
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
    const quality = facts.quality === "live" ? null : make("p", {}, mark(facts.quality_text));
    const pairs = facts.facts.flatMap((fact) => [make("dt", {}, fact.label), make("dd", { "data-fact": fact.name }, fact.text)]);
    return [quality, make("p", {}, facts.reason), make("dl", { className: "facts" }, ...pairs)].filter(Boolean);
  });
  return facts;
}
