// The mediator's page: what is playing and why, and the commands within a thumb's reach.

import { command, commandFrom } from "./command.js";
import { fill, find, groupBy, make, show } from "./dom.js";
import { live } from "./live.js";
import { figure, mark, showFound, showHead, showLegend, showLost, showOpened, showQuestion, showWhy, swatch } from "./parts.js";
import { picture } from "./picture.js";
import { renew } from "./renewal.js";
import { noteAlerts } from "./session.js";
import { address, duration, load, say } from "./words.js";

const READINGS_EVERY_MS = 20000; // ages grow by themselves
const ALERTS_SHOWN = 3; // those that matter most come first
const DRAWN = ["title", "languages"];

const model = await load(address("/api/model"));
let titles = titlesOf(model);
let readingsRevision = null;
let explained = null;
let step = null;

showHead(model);
for (const button of document.querySelectorAll("[data-command]")) {
  button.addEventListener("click", () => commandFrom(button, button.dataset.command));
}

function titlesOf({ zones }) {
  return new Map(zones.map((zone) => [zone.zone, zone.title]));
}

async function takeOver(state) {
  if (!(await renew(model, state.exhibition, DRAWN))) return;
  titles = titlesOf(model);
  readingsRevision = null;
  showState(state);
}

function showState(state) {
  if (state.exhibition !== model.exhibition) {
    takeOver(state);
    return;
  }
  find("board").classList.remove("waiting");
  const playing = state.state === "playing" || state.state === "paused";
  const kept = [state.guided && say("guide"), state.calm && say("calm")];
  show(find("state"), [state.ended ? say("ended") : say(`state_${state.state}`), ...kept].filter(Boolean).join(" · "));
  show(find("scenario"), state.title || say("nothing_lit"));
  const count = state.steps ? say("step_of", { step: state.step, steps: state.steps }) : "";
  step = { count, title: state.step_title, elapsed: state.step_elapsed_s, duration: state.step_duration_s, at: performance.now() };
  step.runs = state.state === "playing" || state.state === "idle";
  step.waits = state.state === "playing" && state.step_duration_s === null;
  step.ended = state.ended;
  showStep();
  show(find("moment"), state.moment_text);
  show(find("light_text"), state.light_text);
  show(find("caption"), state.caption);
  showQuestion(find("question"), state.question);
  showQuality(state.quality);
  const next = model.scenarios.find((scenario) => scenario.id === (state.choice ?? state.pending));
  show(find("pending"), next ? say("pending", { title: next.title }) : "");
  showNotes(state.notes);
  showHold(state.state);
  showVisit(state);
  for (const name of ["next", "back", "stop"]) control(name).disabled = !playing;
  showAlerts(state.alerts, state.alert_severities);
  showScenarios(state);
  showZones(state.zones);
  showBrightness(state.brightness);
  showLegend(model, state);
  if (state.readings_revision !== readingsRevision) showReadings(state.readings_revision);
}

function control(name) {
  return document.querySelector(`#controls [data-command="${name}"]`);
}

function showStep() {
  if (step === null) return;
  const elapsed = step.elapsed + (step.runs ? (performance.now() - step.at) / 1000 : 0);
  let time = step.waits ? say("waits_for_next") : "";
  const left = { time: duration(step.duration - elapsed) };
  if (step.duration) time = step.ended ? say("idle_in", left) : say("time_left", left);
  show(find("step"), [step.count, step.title, time].filter(Boolean).join(" · "));
  const bar = find("progress");
  bar.hidden = !step.duration || step.ended;
  const share = step.duration ? Math.min(1, elapsed / step.duration) : 0;
  bar.setAttribute("aria-valuenow", Math.round(100 * share));
  bar.firstElementChild.style.transform = `scaleX(${share})`;
}

function showQuality(quality) {
  const live = quality === "live";
  show(find("quality"), live ? "" : say(`quality_${quality}`));
  show(find("quality_note"), live ? "" : say(`quality_note_${quality}`));
}

// One paragraph a line; words before a colon lead in ("What we see: …") and are found at a glance.
function showNotes(notes) {
  find("notes").hidden = !notes;
  fill(find("notes_body"), notes, () => (notes || "").split("\n").filter(Boolean).map((line) => {
    const [, lead, rest] = /^([^:.?!]{3,40}:)\s(.+)$/.exec(line) ?? [null, null, line];
    return make("p", {}, lead && make("b", {}, lead), lead && " ", rest);
  }));
}

function showHold(state) {
  const hold = find("hold");
  hold.dataset.command = { paused: "resume", blackout: "wake", asleep: "wake" }[state] ?? "pause";
  show(hold, say(hold.dataset.command));
  hold.disabled = state === "idle";
}

const flags = { guide: "guided", calm: "calm" };
for (const name of Object.keys(flags)) {
  const button = find(name);
  button.addEventListener("click", () => commandFrom(button, name, { on: button.getAttribute("aria-pressed") !== "true" }));
}

function showVisit(state) {
  for (const [name, flag] of Object.entries(flags)) find(name).setAttribute("aria-pressed", String(state[flag]));
  show(find("visit_hint"), [state.guided && say("guide_hint"), state.calm && say("calm_hint")].filter(Boolean).join(" "));
  find("raised").hidden = state.hands.length === 0;
  find("hands_told").hidden = state.hands.length === 0;
  show(find("hands_told").firstElementChild, say("hands_told", { count: state.hands.length }));
  const minutes = state.hands.map((hand) => Math.floor(hand.since_s / 60));
  fill(find("hands"), [state.hands.map((hand) => hand.button), minutes], () => state.hands.map(handRow));
}

// A hand is answered by playing what it asked for.
function handRow(hand) {
  const scenario = model.scenarios.find(({ id }) => id === hand.scenario);
  const minutes = Math.floor(hand.since_s / 60);
  const ago = minutes ? say("hand_raised", { time: duration(60 * minutes) }) : say("just_now");
  const time = make("small", { className: "figure" }, ago);
  const name = make("span", { className: "name" }, scenario ? scenario.title : hand.label);
  if (!scenario) return make("li", { className: "row" }, name, time);
  const button = make("button", { type: "button", "data-hand": hand.button }, name, time);
  button.addEventListener("click", () => commandFrom(button, "play", { scenario: scenario.id }));
  return make("li", {}, button);
}

function showAlerts(alerts, severities) {
  noteAlerts(alerts);
  find("alerts").hidden = alerts.length === 0;
  find("alerts_told").hidden = alerts.length === 0;
  show(find("alerts_told").firstElementChild, say("alerts_told", { count: alerts.length }));
  fill(find("alerts_body"), [alerts, severities], () => {
    const lines = alerts.map(({ text }, i) => make("li", { "data-severity": severities[i] }, text));
    const rest = lines.length > ALERTS_SHOWN + 1 ? lines.splice(ALERTS_SHOWN) : [];
    const more = make("summary", { className: "small" }, say("alerts_more", { count: rest.length }));
    return [make("ul", {}, ...lines), rest.length ? fold("alerts", more, make("ul", {}, ...rest)) : ""];
  });
}

function showScenarios(state) {
  const now = state.state === "idle" ? null : state.scenario;
  const shown = model.scenarios.filter((scenario) => !scenario.idle);
  fill(find("scenarios"), [shown, now], () => shown.map((scenario) => {
    const button = make("button", { type: "button", "aria-current": scenario.id === now && "true", "data-scenario": scenario.id },
      picture(model, scenario),
      make("span", { className: "name" }, scenario.title),
      make("small", { className: "figure" }, scenario.id === now ? say("state_playing") : duration(scenario.duration_s)));
    button.addEventListener("click", () => commandFrom(button, "play", { scenario: scenario.id }));
    return make("li", {}, button);
  }));
}

function showZones(zones) {
  const told = zones.filter((zone) => !zone.decoration);
  const lit = zones.filter((zone) => zone.decoration && zone.colour !== "#000000");
  fill(find("zones"), told, () => told.length ? told.map(zoneRow) : [make("li", { className: "small soft" }, say("no_zones"))]);
  find("decorations").hidden = lit.length === 0;
  show(find("decorations").querySelector("summary"), say("decorations", { count: lit.length }));
  show(find("decorations").querySelector("p"), lit.map((zone) => titles.get(zone.zone)).join(" · "));
  if (explained !== null && find("why").open) showWhy(explained);
}

function zoneRow(zone) {
  const missing = zone.quality === "missing";
  const under = [zone.place, zone.nature_text, zone.source].filter(Boolean).join(" — ");
  const told = zone.quality === "live" ? null : mark(say(`quality_${zone.quality}`));
  const button = make("button", { type: "button", "data-zone": zone.zone, "aria-haspopup": "dialog" },
    swatch(missing ? "transparent" : zone.colour),
    make("span", {}, titles.get(zone.zone)),
    make("span", { className: "figure" }, missing ? told : figure(zone)),
    make("small", { className: "under" }, missing ? null : told, " ", under));
  button.addEventListener("click", () => explain(button, zone.zone));
  return make("li", {}, button);
}

async function explain(button, zone) {
  button.setAttribute("aria-busy", "true");
  explained = zone;
  const facts = await showWhy(zone);
  button.removeAttribute("aria-busy");
  if (facts !== null && !find("why").open) find("why").showModal();
}

async function showReadings(revision) {
  readingsRevision = revision;
  try {
    const readings = await (await fetch(address("/api/readings", { with: "words" }))).json();
    fill(find("values"), readings, () => readings.length ? [...groupBy(readings, (reading) => reading.feed).values()].map(feedRow) : [make("li", { className: "small soft" }, say("no_values"))]);
  } catch {
    readingsRevision = null; // asked again with the next state
  }
}

const opened = new Set(); // what a finger has unfolded stays so when it is painted anew

function fold(name, summary, ...inside) {
  const toggle = ({ currentTarget }) => (currentTarget.open ? opened.add(name) : opened.delete(name));
  return make("details", { open: opened.has(name), ontoggle: toggle }, summary, ...inside);
}

// A feed with several values folds into one line.
function feedRow(readings) {
  const values = [...groupBy(readings, (reading) => reading.name).values()];
  if (values.length === 1) return valueRow(values[0]);
  return make("li", { "data-feed": readings[0].feed }, fold(readings[0].feed,
    make("summary", {},
      make("span", {}, readings[0].feed_title),
      make("span", { className: "figure soft" }, say("values_count", { count: values.length })),
      make("small", { className: "under" }, ...marks(readings), [...new Set(readings.map((reading) => reading.source))].filter(Boolean).join(" — "))),
    make("ul", { className: "rows inner" }, ...values.map(valueRow))));
}

function marks(readings) {
  const texts = new Set(readings.filter((reading) => reading.quality !== "live").map((reading) => reading.quality_text));
  return [...texts].flatMap((text) => [mark(text), " "]);
}

function valueRow(readings) {
  return readings.length === 1 ? readingRow(readings[0]) : keyedRow(readings);
}

// The keys of a value (one per town) fold into one line that says from what to what they go.
function keyedRow(readings) {
  const known = readings.filter((reading) => reading.value !== null).sort((a, b) => a.value - b.value);
  const range = known.length ? [...new Set([known[0].value_text, known[known.length - 1].value_text])].join("\u2009–\u2009") : "";
  const under = new Set(readings.flatMap(provenance));
  const keys = readings.map((reading) => make("li", {},
    make("span", {}, reading.key_title ?? reading.key),
    make("span", {}, reading.quality === "missing" ? reading.quality_text : reading.value_text)));
  const name = `${readings[0].feed}.${readings[0].name}`;
  return make("li", { "data-reading": name }, fold(name,
    make("summary", {},
      make("span", {}, readings[0].value_title),
      make("span", { className: "figure" }, range),
      make("small", { className: "under" }, ...marks(readings),
        [say("known_of", { known: known.length, total: readings.length }), ...[...under].slice(0, 4)].join(" — "))),
    make("ul", { className: "keys" }, ...keys)));
}

function readingRow(reading) {
  const missing = reading.quality === "missing";
  const under = [reading.key_title ?? reading.place, ...provenance(reading)].filter(Boolean).join(" — ");
  return make("li", { className: "row", "data-reading": `${reading.feed}.${reading.name}` },
    make("span", {}, reading.value_title),
    make("span", { className: "figure" }, missing ? mark(reading.quality_text) : reading.value_text),
    make("small", { className: "under" }, missing || reading.quality === "live" ? null : mark(reading.quality_text), " ", under));
}

// An example has no time of its own: its mark says what it is.
function provenance(reading) {
  const dated = reading.quality === "sample" ? reading.nature_text : reading.when_text;
  return [dated, reading.source].filter(Boolean);
}

const slider = find("brightness");
let touched = -Infinity;
slider.addEventListener("input", () => {
  touched = performance.now();
  find("percent").textContent = `${slider.value}\u00a0%`;
});
slider.addEventListener("change", () => command("brightness", { percent: Number(slider.value) }));

function showBrightness(percent) {
  if (performance.now() - touched < 1500) return; // a finger is on it
  slider.value = percent;
  find("percent").textContent = `${percent}\u00a0%`;
}

setInterval(showStep, 500);
setInterval(() => readingsRevision !== null && showReadings(readingsRevision), READINGS_EVERY_MS);

live({
  state: showState,
  lost: (milliseconds) => {
    showLost(milliseconds);
    step = null;
    for (const button of find("controls").children) button.disabled = true;
  },
  opened: showOpened,
  found: () => {
    showFound();
    readingsRevision = null;
  },
});
