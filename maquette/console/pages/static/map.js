// The map: LED after LED of a strip is lit, and somebody says where on the plan it stands; runs of LEDs become zones.

import { tell } from "./command.js";
import { fill, find, make, show } from "./dom.js";
import { readFrame } from "./frames.js";
import { LitLed } from "./lit_led.js";
import { live } from "./live.js";
import { Marks } from "./map_marks.js";
import { MapWriter } from "./map_writer.js";
import { showFound, showHead, showLost } from "./parts.js";
import { Plan } from "./plan.js";
import { Walk } from "./walk.js";
import { address, load, say } from "./words.js";
import { ZoneForm } from "./zone_form.js";
import { ledsOf, readRuns, Zoning } from "./zoning.js";

const STORE = "maquette-map";
const STEPS = [1, 2, 5, 10];
const NUDGES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const NUDGE_MM = 1;
const FAR_NUDGE_MM = 10;

const saved = JSON.parse(sessionStorage.getItem(STORE) ?? "null");
const model = await load(address("/api/model"));
const map = await loadMap();
const strips = new Map(map.strips.map((strip) => [strip.strip, strip]));
const walks = new Map(map.strips.map(({ strip, leds }) => [strip, new Walk(strip, leds, saved?.walks?.[strip])]));
let walk = walks.get(saved?.strip) ?? walks.values().next().value;

const zoning = new Zoning(map, saved);
const plan = new Plan(find("stage"), { ...model, zones: [], servos: [] }, undefined, () => queueMicrotask(showView));
plan.view.goesInTwice = false;
const marks = new Marks(plan.scene);
const light = new LitLed((on) => find("light").setAttribute("aria-pressed", on));
const form = new ZoneForm(zoning, walks, { walk: () => walk, goTo, changed: showAll });
const writer = new MapWriter(zoning, walks, { goTo, edit: (zone) => form.choose(zone), proposed: (paths) => marks.propose(paths), changed: showAll, written });

showHead(model);
find("strip").append(...map.strips.map(({ strip }) => make("option", { value: strip }, strip)));
find("step").append(...STEPS.map((step) => make("option", { value: step }, step === 1 ? say("map_each") : say("map_every", { step }))));
find("strip").addEventListener("change", () => { walk = walks.get(find("strip").value); form.begin(); showAll(); });
find("step").addEventListener("change", () => { walk.step = Number(find("step").value); showAll(); });
find("light").addEventListener("click", () => light.turn(!light.on));
find("set").addEventListener("click", () => setHere());
find("skip").addEventListener("click", () => act(() => walk.skip()));
find("undo").addEventListener("click", undo);
find("go").addEventListener("submit", (event) => {
  event.preventDefault();
  goTo(walk.strip, Number(find("go_to").value));
  find("go_to").value = "";
});
find("zoom_in").addEventListener("click", () => plan.view.zoomBy(1.5));
find("zoom_out").addEventListener("click", () => plan.view.zoomBy(1 / 1.5));
find("zoom_all").addEventListener("click", () => plan.view.reset());
find("stage").addEventListener("click", tap);
addEventListener("keydown", pressKey, { capture: true });
find("board").classList.remove("waiting");
showAll();
find("stage").focus({ preventScroll: true });

/** Load the strips and zones; a refusal (a document that is wrong) is told until it is over. */
async function loadMap() {
  for (;;) {
    const response = await fetch(address("/api/map"));
    const answer = await response.json();
    if (response.ok) return answer;
    show(find("message"), answer.text);
    await new Promise((resolve) => { setTimeout(resolve, 2000); });
  }
}

// -- the walk ----------------------------------------------------------------------------------------------------------

function stands(number) {
  return zoning.standing.get(`${walk.strip} ${number}`) ?? null;
}

function expected() {
  return walk.expected(stands);
}

function act(change) {
  change();
  showAll();
}

function goTo(strip, number) {
  walk = walks.get(strip);
  act(() => walk.to(number));
}

function setHere() {
  const place = expected() ?? model.size_mm.map((mm) => mm / 2);
  act(() => walk.set(place));
}

function undo() {
  if (walk.undo()) showAll();
  else tell(say("map_nothing_to_undo"));
}

function tap(event) {
  if (plan.view.moved || event.target.closest("button")) return;
  const { left, top } = find("stage").getBoundingClientRect();
  const { x, y, scale } = plan.view;
  const place = [(event.clientX - left - x) / scale, (event.clientY - top - y) / scale];
  if (place.some((mm, axis) => mm < 0 || mm > model.size_mm[axis])) return;
  act(() => walk.set(place));
}

function pressKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, select, textarea, button, a, summary")) return;
  if (event.key in NUDGES) {
    const far = event.shiftKey ? FAR_NUDGE_MM : NUDGE_MM;
    if (expected() === null) walk.aim = model.size_mm.map((mm) => mm / 2);
    const [right, down] = NUDGES[event.key];
    act(() => walk.nudge(far * right, far * down, stands));
  } else if (event.key === "Enter") setHere();
  else if (event.key === "Backspace") undo();
  else if (event.key === " ") act(() => walk.skip());
  else return;
  event.preventDefault();
  event.stopPropagation();
}

// -- what is seen ------------------------------------------------------------------------------------------------------

function showAll() {
  const { at, leds, strip, placed } = walk;
  find("strip").value = strip;
  find("step").value = walk.step;
  fill(find("at"), [at, leds], () => [say("map_at", { number: at }), " ", make("small", {}, say("map_of", { last: leds - 1 }))]);
  const owners = zoning.owners().get(`${strip} ${at}`) ?? [];
  show(find("at_zone"), owners.length ? say("map_at_zone", { zone: owners.join(", ") }) : say("map_at_none"));
  find("go_to").max = leds - 1;
  find("undo").disabled = walk.history.length === 0;
  const place = expected();
  if (place && !document.hidden) plan.view.reveal({ x: place[0] - 40, y: place[1] - 40, width: 80, height: 80 });
  marks.point(place, placed.has(at));
  marks.show({
    zoned: [...zoning.standing.values()],
    chosen: ledsOf(readRuns(form.leds) ?? []).map(([name, number]) => walks.get(name)?.placed.get(number) ?? zoning.standing.get(`${name} ${number}`)).filter(Boolean),
    placed: [...walks.values()].flatMap((each) => [...each.placed.values()]),
  });
  layLights(place);
  light.show(`led ${strip} ${at}`);
  form.show();
  writer.show();
  store();
}

// LEDs glow where they were seen, else where the document has them; the one that is lit, where it is expected.
function layLights(place) {
  const lit = new Map([...zoning.standing].map(([led, at]) => [led, at]));
  for (const { strip, placed } of walks.values()) for (const [number, at] of placed) lit.set(`${strip} ${number}`, at);
  if (place) lit.set(`${walk.strip} ${walk.at}`, place);
  const laid = [...lit].map(([led, at]) => [strips.get(led.split(" ")[0]).start + Number(led.split(" ")[1]), at]).filter(([led]) => led < model.led_count);
  plan.lights.lay(laid.map(([led]) => led), laid.map(([, at]) => at));
  plan.redraw();
}

function showView() {
  const { zoom } = plan.view;
  find("zoom_all").hidden = zoom === 1;
  find("zoom_out").disabled = zoom === 1;
}

function store() {
  const kept = Object.fromEntries([...walks].map(([strip, each]) => [strip, each.saved()]));
  sessionStorage.setItem(STORE, JSON.stringify({ strip: walk.strip, walks: kept, ...zoning.saved() }));
}

/** Take over the document as it is now; LEDs of zones that were written stand where it says. */
async function written(zones) {
  const leds = zoning.zones().filter(({ zone }) => zones.includes(zone)).flatMap((zone) => ledsOf(readRuns(zone.leds.join(","))));
  for (const [strip, each] of walks) each.forget(leds.filter(([name]) => name === strip).map(([, number]) => number));
  zoning.changes.clear();
  zoning.deleted.clear();
  zoning.renew(await loadMap());
  form.begin();
  showAll();
}

function showState(state) {
  light.hear(state.identifying);
  if (state.exhibition !== model.exhibition) takeOver(state.exhibition);
}

/** Somebody has changed the documents: zones stand where they say now, and what was placed here stays. */
async function takeOver(exhibition) {
  model.exhibition = exhibition;
  zoning.renew(await loadMap());
  plan.renew(model);
  showAll();
}

live({
  state: showState,
  frame: (buffer) => { const frame = readFrame(buffer); if (frame) plan.show({ pixels: frame.pixels, servos: [] }); },
  lost: showLost,
  found: showFound,
  opened: () => {},
});
