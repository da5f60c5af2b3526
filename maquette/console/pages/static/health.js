// The morning report: asked for again whenever an alert begins or ends, and every few seconds, for ages grow by themselves.

import { fill, find, groupBy, make, show } from "./dom.js";
import { live } from "./live.js";
import { mark, showFound, showHead, showLost } from "./parts.js";
import { noteAlerts } from "./session.js";
import { address, load, locale, say } from "./words.js";

const ALIKE = 2; // lines that end alike are told one by one
const EVERY_MS = 10000;

const model = await load(address("/api/model"));
let alerts = null;
let asking = false;
let again = false;

showHead(model);
find("print").addEventListener("click", () => print());

async function refresh() {
  again = asking;
  if (asking) return;
  asking = true;
  const report = await load(address("/api/health"));
  asking = false;
  showReport(report);
  if (again) refresh();
}

function showReport({ ready, text, looked_at_text, findings }) {
  find("board").classList.remove("waiting");
  find("board").dataset.ready = ready;
  show(find("summary"), text);
  show(find("seen"), looked_at_text ? say("health_looked", { moment: looked_at_text }) : "");
  const troubles = findings.filter(({ state }) => state !== "ok");
  find("troubles").hidden = troubles.length === 0;
  fill(find("findings"), troubles, () => [...groupBy(troubles, lesson).values()].map(trouble));
  const areas = groupBy(findings.filter(({ state }) => state === "ok"), ({ area }) => area);
  find("well").hidden = areas.size === 0;
  fill(find("areas"), [...areas], () => [...areas].flatMap(([area, well]) => [
    make("dt", {}, say(`area_${area}`)),
    make("dd", { "data-area": area }, ...well.map((finding) => make("p", {}, finding.text))),
  ]));
}

// What is mended in the same way is said together.
function lesson({ area, state, remedy, command }) {
  return JSON.stringify([area, state, remedy, command]);
}

function trouble(findings) {
  const [{ area, state, remedy, command }] = findings;
  return make("li", { "data-state": state, "data-area": area },
    make("p", { className: "what" }, mark(say(`health_state_${state}`)), say(`area_${area}`)),
    ...[...groupBy(findings, tail)].flatMap(([rest, alike]) => (alike.length > ALIKE ? allAtOnce(rest, alike) : alike.map(line))),
    remedy && make("p", { className: "remedy" }, remedy),
    command && make("p", { className: "small soft" }, say("health_maintainer"), " ", make("code", {}, command)));
}

function line({ subject, text }) {
  return make("p", { className: "text", "data-subject": subject }, text);
}

// What a line says after the title that it begins with.
function tail({ title, text }) {
  return title && text.startsWith(title) ? text.slice(title.length).replace(/^[\s:]+/, "") : text;
}

function allAtOnce(rest, findings) {
  const names = findings.map(({ subject, title }) => make("span", { "data-subject": subject }, title));
  return [
    make("p", { className: "text" }, rest.charAt(0).toLocaleUpperCase(locale) + rest.slice(1)),
    make("p", { className: "small alike" }, ...names),
  ];
}

live({
  state(state) {
    const now = JSON.stringify(state.alerts);
    if (now !== alerts) refresh();
    alerts = now;
    noteAlerts(state.alerts);
  },
  opened: () => {},
  found: showFound,
  lost: showLost,
});
setInterval(refresh, EVERY_MS);
refresh();
