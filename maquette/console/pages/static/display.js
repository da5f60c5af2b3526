// The visitors' screen: one step at a time, in large letters, alone for weeks. Nothing on it grows, and nothing old is shown as current.

import { Alternation } from "./alternation.js";
import { drawChart } from "./chart.js";
import { fill, find, groupBy, make, show } from "./dom.js";
import { live } from "./live.js";
import { mark, showLegend, showQuestion } from "./parts.js";
import { address, language, load, say, speak } from "./words.js";

const FACTS_EVERY_MS = 20000; // ages grow by themselves
const FACTS_PAUSE_MS = 2000;
const QUALITIES = ["live", "stale", "replay", "sample", "missing"]; // the worst comes last
const APPEAR_MS = 600;
const SMALLEST_FIT = 0.55;
// A screen: its letters are large, and nobody touches it.
const ROOMY = matchMedia("(min-width: 60em)");
const WIDE = matchMedia("(min-width: 60em) and (min-height: 30em) and (orientation: landscape)");
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

const models = new Map(); // language → what the documents say, of the mark that is played
let latest = null;
let version = null;
let step = null; // what is shown: scenario, step and language
let facts = null;
let asking = false;
let asked = { at: -FACTS_EVERY_MS, revision: null };
let turning = false;
let fitted = "";

const alternation = new Alternation(await chosenLanguages());
if (alternation.language !== language) await speak(alternation.language);

// Those of the address; else those of the installation, one after the other on a screen, and on a phone the one that its owner reads.
async function chosenLanguages() {
  const { languages } = await load(address("/api/model"));
  const wanted = (new URLSearchParams(location.search).get("lang") ?? "").split(",").filter(Boolean);
  const known = wanted.filter((code) => code === language || languages.includes(code));
  if (known.length) return known;
  if (ROOMY.matches) return languages;
  const reads = navigator.languages.map((code) => code.slice(0, 2)).find((code) => languages.includes(code));
  return [reads ?? languages[0]];
}

async function modelOf(code, state) {
  const known = models.get(code);
  if (known?.exhibition === state.exhibition) return known;
  const model = await load(address("/api/model"));
  models.set(code, model);
  return model;
}

// -- what comes over the line --------------------------------------------------------------------------------------------

async function hear(state) {
  version ??= state.version;
  if (state.version !== version) {
    location.reload(); // the programme has just started anew: nobody was reading
    return;
  }
  latest = state;
  if (turning) return;
  turning = true;
  try {
    await turn(state);
  } finally {
    turning = false;
  }
}

async function turn(state) {
  const caption = [state.title, state.step_title, state.caption, state.question?.text].filter(Boolean).join(" ");
  const left = state.step_duration_s === null || state.state !== "playing" ? null : 1000 * (state.step_duration_s - state.step_elapsed_s);
  const now = performance.now();
  const wanted = alternation.next({ key: `${state.scenario} ${state.step} ${state.state}`, characters: caption.length, now, left, chosen: state.language });
  if (wanted !== language) {
    await speak(wanted);
    line();
    return; // the state comes in that language at once
  }
  const model = await modelOf(language, state);
  if (state === latest) paint(state, model);
}

function lose() {
  document.body.classList.add("cut");
  show(find("link"), latest === null ? say("connecting") : say("display_lost"));
  facts = null;
}

function findAgain() {
  document.body.classList.remove("cut");
  show(find("link"), "");
}

// -- the step ------------------------------------------------------------------------------------------------------------

function paint(state, model) {
  show(find("link"), "");
  document.body.dataset.mode = state.state;
  const key = [state.scenario, state.step, state.state, language].join(" ");
  if (key !== step) begin(state, key);
  show(find("place"), model.title);
  showMarks(state);
  show(find("scenario"), unbroken(over(state)));
  show(find("step_title"), unbroken(state.step_title || state.title || model.title));
  show(find("moment"), state.moment_text);
  show(find("caption"), unbroken(state.caption ?? ""));
  showQuestion(find("question"), state.question);
  showInvitation(state, model);
  showLanguages(model);
  if (state.state === "asleep" || state.state === "blackout") return;
  showFacts(state, model);
  ask(state);
  fit([key, state.caption, state.question, facts]);
}

function begin(state, key) {
  step = key;
  const dark = state.state === "asleep" || state.state === "blackout";
  show(find("said"), dark ? say("display_dark") : [state.title, state.step_title, state.caption].filter(Boolean).join(". "));
  if (!STILL.matches) find("board").animate([{ opacity: 0 }, { opacity: 1 }], { duration: APPEAR_MS, easing: "ease-out" });
}

// In large letters a lone question mark on a line of its own is seen from afar: French puts a space before it.
function unbroken(text) {
  return text.replace(/ ([?!:;»])/g, "\u00a0$1").replace(/« /g, "«\u00a0");
}

function over(state) {
  if (state.state === "idle") return "";
  const count = state.steps > 1 ? say("step_of", { step: state.step, steps: state.steps }) : null;
  return [state.step_title ? state.title : null, count].filter(Boolean).join(" · ");
}

function showMarks(state) {
  const words = [state.state === "paused" ? say("state_paused") : null, state.guided ? say("visit_running") : null, state.ended ? say("ended") : null];
  fill(find("marks"), [words, language], () => words.filter(Boolean).map(mark));
}

// At rest the screen says what each button tells.
function showInvitation(state, model) {
  const told = state.state === "idle" ? model.buttons.filter(({ scenario }) => scenario !== null) : [];
  const titles = new Map(model.scenarios.map(({ id, title }) => [id, title]));
  find("invite").hidden = told.length === 0;
  fill(find("invite"), [told, language], () => [
    make("h2", {}, say("display_invite")),
    make("ul", {}, ...told.map(({ label, scenario }) => make("li", {}, make("b", {}, label), make("span", {}, unbroken(titles.get(scenario) ?? scenario))))),
  ]);
}

// A phone's owner may read another language; a screen has nothing to touch.
function showLanguages({ languages }) {
  const others = languages.filter((code) => code !== language);
  fill(document.querySelector(".languages"), others, () => others.map((code) => make("a", { href: `?lang=${code}`, lang: code, hreflang: code }, code.toUpperCase())));
}

// -- what stands behind it -----------------------------------------------------------------------------------------------

function isOf(state) {
  return facts !== null && facts.language === language && facts.scenario === state.scenario && facts.step === state.step;
}

function showFacts(state, model) {
  const known = isOf(state) ? facts : { values: [], chart: null, address: null };
  const { chart } = known;
  find("chart").hidden = chart === null;
  const letter = parseFloat(getComputedStyle(find("facts")).fontSize);
  const width = find("facts").clientWidth;
  fill(find("chart"), [chart, width, letter, language], () => (chart === null ? [] : drawChart(chart, width, letter)));
  // Bars by class are the legend of their scale.
  const zones = chart?.kind === "classes" ? state.zones.filter(({ scale }) => scale !== chart.scale) : state.zones;
  show(find("scales"), say("legend"));
  showLegend(model, { ...state, zones });
  find("board").classList.toggle("alone", chart === null && find("legend").childElementCount === 0);
  fill(find("origin"), [known.values, state.quality, language], () => origin(known.values, state.quality));
  showPhone(known.address);
}

function origin(values, lit) {
  if (values.length === 0) return [];
  const quality = QUALITIES[Math.max(...[lit, ...values.map((value) => value.quality)].map((one) => QUALITIES.indexOf(one)))];
  const note = quality === "live" ? null : make("span", {}, say(`quality_note_${quality}`));
  const alike = groupBy(values, ({ when_text, credit }) => [when_text, credit].filter(Boolean).join(" · "));
  const lines = [...alike].map(([owed, group]) => make("li", {}, make("b", {}, group.map(told).join(", ")), " ", make("span", {}, owed)));
  return [make("p", {}, mark(say(`quality_${quality}`)), " ", note), make("ul", { "aria-label": say("display_sources") }, ...lines)];
}

function told({ title, value_text: value }) {
  return value === null ? title : say("chart_row", { title, value });
}

function showPhone(place) {
  find("phone").hidden = place === null;
  if (place === null) return;
  const image = find("code");
  if (!image.getAttribute("src")) image.src = "/display/code.svg";
  show(find("phone").querySelector("span"), say("display_phone"));
  show(find("phone").querySelector("b"), place.replace(/^http:\/\//, ""));
}

async function ask(state) {
  const now = performance.now();
  const news = state.readings_revision !== asked.revision && now - asked.at > FACTS_PAUSE_MS;
  if (asking || (isOf(state) && !news && now - asked.at < FACTS_EVERY_MS)) return;
  asking = true;
  asked = { at: now, revision: state.readings_revision };
  const spoken = language;
  try {
    const response = await fetch(address("/api/display"));
    if (response.ok) facts = { ...(await response.json()), language: spoken };
  } catch {
    // asked again with the next state
  } finally {
    asking = false;
  }
  const model = models.get(language);
  if (latest !== null && model && !document.body.classList.contains("cut")) paint(latest, model);
}

// On a screen nobody scrolls: letters shrink until all of it is seen.
function fit(source) {
  const shown = JSON.stringify([source, innerWidth, innerHeight]);
  if (shown === fitted) return;
  fitted = shown;
  for (const part of [find("telling"), find("facts")]) {
    for (let size = 1; size >= SMALLEST_FIT; size -= 0.05) {
      part.style.setProperty("--fit", size.toFixed(2));
      if (!WIDE.matches || part.scrollHeight <= part.clientHeight + 1) break;
    }
  }
}

addEventListener("resize", () => {
  const model = models.get(language);
  if (latest !== null && model) paint(latest, model);
});

const line = live({ state: hear, lost: lose, found: findAgain, opened: () => {} });
