// The virtual model: the plan, its lights, its servos, its buttons, and why each zone has its colour.

import { commandFrom } from "./command.js";
import { fill, find, make, show } from "./dom.js";
import { readFrame } from "./frames.js";
import { offerParts, offerZone, showIdentified } from "./identify.js";
import { live } from "./live.js";
import { showFound, showHead, showLegend, showLost, showOpened, showQuestion, showWhy } from "./parts.js";
import { Plan } from "./plan.js";
import { renew } from "./renewal.js";
import { address, load, say } from "./words.js";

const HOVER_MS = 150;
const MIN_BUTTON_PX = 64;
const MAX_BUTTON_PX = 160;
const ROOMY = "(min-width: 68.75em)";
const DRAWN = ["title", "languages", "size_mm", "led_count", "zones", "buttons", "servos"];

const model = await load(address("/api/model"));
const titles = new Map(model.zones.map((zone) => [zone.zone, zone.title]));
const buttons = new Map();
let chosen = null;
let hovering = 0;
let told = null;

showHead(model);
showButtons();
offerParts(model);
const plan = new Plan(find("stage"), model, touchZone, () => queueMicrotask(showView));
find("zoom_in").addEventListener("click", () => plan.view.zoomBy(1.5));
find("zoom_out").addEventListener("click", () => plan.view.zoomBy(1 / 1.5));
find("zoom_all").addEventListener("click", () => plan.view.reset());
find("panel_close").addEventListener("click", () => choose(null));
addEventListener("keydown", closeByKey, { capture: true });

// -- the view ----------------------------------------------------------------------------------------------------------

function showView() {
  const { zoom } = plan.view;
  find("zoom_all").hidden = zoom === 1;
  find("zoom_out").disabled = zoom === 1;
  placeButtons();
}

// Where there is room, the buttons stand under the plan where they stand on the model's edge.
function placeButtons() {
  const left = (find("stage").clientWidth - model.size_mm[0] * plan.view.base) / 2;
  const places = model.buttons.map(({ place: at }) => at && at[0] * plan.view.base).filter((at) => at !== null).sort((a, b) => a - b);
  const room = Math.min(MAX_BUTTON_PX, ...places.slice(1).map((at, i) => at - places[i] - 5));
  const placed = places.length === model.buttons.length && room >= MIN_BUTTON_PX && matchMedia(ROOMY).matches;
  find("edge").classList.toggle("placed", placed);
  for (const { button, place: at } of model.buttons) {
    const { style } = buttons.get(button);
    style.width = placed ? `${room}px` : "";
    style.left = placed ? `${left + at[0] * plan.view.base}px` : "";
  }
  const tight = placed && [...buttons.values()].some((element) => element.scrollWidth > element.clientWidth);
  if (tight) find("edge").classList.remove("placed");
}

// -- zones -------------------------------------------------------------------------------------------------------------

function touchZone(zone, how) {
  clearTimeout(hovering);
  if (how === "choose") {
    choose(chosen === zone ? null : zone);
  } else if (chosen === null && how === "enter") {
    hovering = setTimeout(() => showWhy(zone), HOVER_MS);
  }
}

async function choose(zone) {
  const before = chosen;
  chosen = zone;
  plan.choose(zone);
  offerZone(zone);
  if (zone === null) {
    find("panel").classList.remove("open");
    show(find("why_title"), say("why"));
    fill(find("why_body"), "hint", () => [make("p", { className: "soft" }, say("why_hint"))]);
    if (document.activeElement === find("panel_close")) plan.zones.get(before)?.focus();
    return;
  }
  if ((await showWhy(zone)) !== null && chosen === zone) find("panel").classList.add("open");
}

// Escape leaves the zone first, and then the close view.
function closeByKey(event) {
  if (event.key !== "Escape" || chosen === null || document.querySelector("dialog[open]")) return;
  event.stopPropagation();
  choose(null);
}

function nameZones(states) {
  for (const state of states) {
    const words = [state.class ?? state.value_text ?? say("zone_decoration"), state.quality === "live" ? null : say(`quality_${state.quality}`)];
    plan.name(state.zone, say("zone_label", { title: titles.get(state.zone), state: words.filter(Boolean).join(", ") }));
  }
}

// -- buttons -----------------------------------------------------------------------------------------------------------

function showButtons() {
  const inOrder = [...model.buttons].sort((a, b) => (a.place?.[0] ?? 0) - (b.place?.[0] ?? 0));
  for (const { button, label, command } of inOrder) {
    const element = make("button", { type: "button", "data-button": button, "data-steers": command !== null }, make("span", { className: "lamp" }), label);
    element.addEventListener("click", () => commandFrom(element, "press", { button }));
    buttons.set(button, element);
  }
  find("edge").append(...buttons.values());
}

// -- state -------------------------------------------------------------------------------------------------------------

async function takeOver(state) {
  if (!(await renew(model, state.exhibition, DRAWN))) return;
  plan.renew(model);
  showState(state);
}

function showState(state) {
  if (state.exhibition !== model.exhibition) {
    takeOver(state);
    return;
  }
  find("board").classList.remove("waiting");
  const count = state.steps ? say("step_of", { step: state.step, steps: state.steps }) : null;
  tellStep(state, count);
  show(find("state"), [state.ended ? say("ended") : say(`state_${state.state}`), count, state.step_title].filter(Boolean).join(" · "));
  show(find("scenario"), state.title || say("nothing_lit"));
  find("visit").hidden = !state.guided;
  show(find("moment"), state.moment_text);
  show(find("light_text"), state.light_text);
  show(find("caption"), state.caption);
  showQuestion(find("question"), state.question);
  const isLive = state.quality === "live";
  find("quality").hidden = isLive;
  if (!isLive) fill(find("quality"), state.quality, () => [say(`quality_${state.quality}`), make("span", {}, ` — ${say(`quality_note_${state.quality}`)}`)]);
  for (const [button, element] of buttons) {
    element.toggleAttribute("data-lit", state.lamps.includes(button));
    element.toggleAttribute("data-invites", state.inviting.includes(button));
  }
  const next = model.scenarios.find((scenario) => scenario.id === state.choice);
  show(find("choice"), next ? say("pending", { title: next.title }) : "");
  showLegend(model, state, titles);
  showIdentified(state.identifying);
  nameZones(state.zones);
  if (chosen !== null) showWhy(chosen);
}

// Those who listen hear of another step, and of nothing else that changes by itself.
function tellStep(state, count) {
  const step = `${state.scenario} ${state.step}`;
  if (told !== null && told !== step) find("told").textContent = [state.title, count, state.step_title, state.caption].filter(Boolean).join(" · ");
  told = step;
}

function showFrame(buffer) {
  const frame = readFrame(buffer);
  if (frame !== null) plan.draw(frame);
}

live({ state: showState, frame: showFrame, lost: showLost, found: showFound, opened: showOpened });
