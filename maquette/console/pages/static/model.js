// The virtual model: the plan, its lights, its servos, its buttons, and why each zone has its colour.

import { commandFrom } from "./command.js";
import { fill, find, make, show } from "./dom.js";
import { readFrame } from "./frames.js";
import { offerParts, offerZone, showIdentified } from "./identify.js";
import { Lights } from "./lights.js";
import { live } from "./live.js";
import { showFound, showLanguages, showLegend, showLost, showOpened, showQuestion, showWhy } from "./parts.js";
import { renew } from "./renewal.js";
import { drawServos, drawZones } from "./scene.js";
import { View } from "./view.js";
import { address, load, say } from "./words.js";

const HOVER_MS = 150;
const MIN_BUTTON_PX = 64;
const MAX_BUTTON_PX = 160;
const ROOMY = "(min-width: 68.75em)";
const DRAWN = ["title", "languages", "size_mm", "led_count", "zones", "buttons", "servos"];
const SETTLE_MS = 6000; // with reduced motion, the light needs this long to arrive

const model = await load(address("/api/model"));
const titles = new Map(model.zones.map((zone) => [zone.zone, zone.title]));
const [width, height] = model.size_mm;
const lights = new Lights(find("lights"), model);
const zones = drawZones(model, touchZone);
const servos = drawServos(model);
const view = new View(find("stage"), model.size_mm, place);
const buttons = new Map();
let chosen = null;
let hovering = 0;
let due = false;
let frameAt = 0;

showLanguages(model.languages);
find("simulated").hidden = !model.simulated;
find("scene").setAttribute("viewBox", `0 0 ${width} ${height}`);
find("scene").append(...servos.filter(Boolean).map((servo) => servo.element), ...zones.values());
showButtons();
offerParts(model);
for (const [zone, element] of zones) element.addEventListener("focus", () => view.reveal(element.getBBox()) ?? zone);
find("zoom_in").addEventListener("click", () => view.zoomBy(1.5));
find("zoom_out").addEventListener("click", () => view.zoomBy(1 / 1.5));
find("zoom_all").addEventListener("click", () => view.reset());
find("panel_close").addEventListener("click", () => choose(null));

// -- drawing -----------------------------------------------------------------------------------------------------------

function place() {
  // Called by the view while it is being made, too.
  queueMicrotask(() => {
    for (const id of ["plan", "scene"]) {
      const { style } = find(id);
      style.width = `${(width * view.scale).toFixed(2)}px`;
      style.height = `${(height * view.scale).toFixed(2)}px`;
      style.transform = `translate(${view.x.toFixed(2)}px, ${view.y.toFixed(2)}px)`;
    }
    find("zoom_all").hidden = view.zoom === 1;
    find("zoom_out").disabled = view.zoom === 1;
    placeButtons();
    redraw();
  });
}

// Where there is room, the buttons stand under the plan where they stand on the model's edge.
function placeButtons() {
  const left = (find("stage").clientWidth - width * view.base) / 2;
  const places = model.buttons.map(({ place: at }) => at && at[0] * view.base).filter((at) => at !== null).sort((a, b) => a - b);
  const room = Math.min(MAX_BUTTON_PX, ...places.slice(1).map((at, i) => at - places[i] - 5));
  const placed = places.length === model.buttons.length && room >= MIN_BUTTON_PX && matchMedia(ROOMY).matches;
  find("edge").classList.toggle("placed", placed);
  for (const { button, place: at } of model.buttons) {
    const { style } = buttons.get(button);
    style.width = placed ? `${room}px` : "";
    style.left = placed ? `${left + at[0] * view.base}px` : "";
  }
  const tight = placed && [...buttons.values()].some((element) => element.scrollWidth > element.clientWidth);
  if (tight) find("edge").classList.remove("placed");
}

function redraw() {
  if (due) return;
  due = true;
  requestAnimationFrame((now) => {
    due = false;
    lights.draw(view, now);
    find("stage").dataset.drawn = Number(find("stage").dataset.drawn || 0) + 1;
    if (lights.calm.matches && now - frameAt < SETTLE_MS) redraw();
  });
}

function showFrame(buffer) {
  const frame = readFrame(buffer);
  if (frame === null) return;
  frameAt = performance.now();
  lights.take(frame.pixels);
  frame.servos.forEach((degrees, i) => servos[i]?.turn(degrees));
  redraw();
}

// -- zones -------------------------------------------------------------------------------------------------------------

function touchZone(zone, how) {
  clearTimeout(hovering);
  if (how === "choose") {
    if (!view.moved) choose(chosen === zone ? null : zone);
  } else if (chosen === null && how === "enter") {
    hovering = setTimeout(() => showWhy(zone), HOVER_MS);
  }
}

async function choose(zone) {
  const before = chosen;
  zones.get(chosen)?.classList.remove("chosen");
  chosen = zone;
  offerZone(zone);
  if (zone === null) {
    find("panel").classList.remove("open");
    show(find("why_title"), say("why"));
    fill(find("why_body"), "hint", () => [make("p", { className: "soft" }, say("why_hint"))]);
    if (document.activeElement === find("panel_close")) zones.get(before)?.focus();
    return;
  }
  zones.get(zone).classList.add("chosen");
  if ((await showWhy(zone)) !== null && chosen === zone) find("panel").classList.add("open");
}

function nameZones(states) {
  for (const state of states) {
    const words = [state.class ?? state.value_text ?? say("zone_decoration"), state.quality === "live" ? null : say(`quality_${state.quality}`)];
    const label = say("zone_label", { title: titles.get(state.zone), state: words.filter(Boolean).join(", ") });
    const element = zones.get(state.zone);
    if (element.getAttribute("aria-label") !== label) element.setAttribute("aria-label", label);
  }
}

// -- buttons -----------------------------------------------------------------------------------------------------------

function showButtons() {
  const inOrder = [...model.buttons].sort((a, b) => (a.place?.[0] ?? 0) - (b.place?.[0] ?? 0));
  for (const { button, label } of inOrder) {
    const element = make("button", { type: "button", "data-button": button }, make("span", { className: "lamp" }), label);
    element.addEventListener("click", () => commandFrom(element, "press", { button }));
    buttons.set(button, element);
  }
  find("edge").append(...buttons.values());
}

// -- state -------------------------------------------------------------------------------------------------------------

async function takeOver(state) {
  if (!(await renew(model, state.exhibition, DRAWN))) return;
  find("plan").src = `/plan.svg?${model.exhibition}`;
  showState(state);
}

function showState(state) {
  if (state.exhibition !== model.exhibition) {
    takeOver(state);
    return;
  }
  find("board").classList.remove("waiting");
  const count = state.steps ? say("step_of", { step: state.step, steps: state.steps }) : null;
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
  const chosen = model.scenarios.find((scenario) => scenario.id === state.choice);
  show(find("choice"), chosen ? say("pending", { title: chosen.title }) : "");
  showLegend(model, state, titles);
  showIdentified(state.identifying);
  nameZones(state.zones);
  if (chosen !== null) showWhy(chosen);
}

live({ state: showState, frame: showFrame, lost: showLost, found: showFound, opened: showOpened });
