// The session: who this page speaks for. One dialog takes the mediator's PIN or the maintainer's password, or a new PIN where one may be set.

import { find, show } from "./dom.js";
import { address, say } from "./words.js";

const CAN_HELP = { pin_required: "pin", password_required: "password" };
const ASKED = {
  pin: { title: () => say("pin"), why: () => say("pin_why"), label: () => say("pin_label"), other: () => say("use_password") },
  password: { title: () => say("password"), why: () => say("password_why"), label: () => say("password_label"), other: () => say("use_pin") },
  new_pin: { title: () => say("choose_pin"), why: () => say("new_pin_why"), label: () => say("new_pin_label"), other: () => say("use_pin") },
};

let session = null;
let asked = "pin";
let waiting = 0;
let asking = null;

/** Send a request as JSON; return the answer's JSON. Throws when none came. */
export async function ask(method, path, body, headers = {}) {
  const plain = body === undefined || typeof body === "string";
  const kind = body === undefined ? {} : { "content-type": plain ? "application/yaml" : "application/json" };
  const response = await fetch(address(path), { method, body: plain ? body : JSON.stringify(body), headers: { ...kind, ...headers } });
  const answer = await response.json();
  const later = Number(response.headers.get("retry-after"));
  if (response.status === 429 && later) waiting = performance.now() + 1000 * later;
  return answer;
}

/** Tell whether signing in may help against a refusal. */
export function mayHelp(code) {
  return code in CAN_HELP;
}

/** Ask for what a refusal says is required; return whether somebody has signed in. Several refusals at once ask once. */
export function signIn(code) {
  asking ??= openDialog(CAN_HELP[code]).finally(() => { asking = null; });
  return asking;
}

/** Take note of the alerts that stand: one of them says that a new PIN may be set. */
export function noteAlerts(alerts) {
  const may = alerts.some(({ code }) => code === "new_pin");
  if (session !== null && session.role !== "maintainer" && may !== session.may_set_pin) look();
}

async function look() {
  try {
    showSession(await ask("GET", "/api/session"));
  } catch {
    // the live line says that the model is away, and looks again
  }
}

function showSession(found) {
  const before = session;
  session = found;
  const place = find("session");
  if (place === null) return;
  const role = session.signed_in ? { mediator: () => say("signed_in_mediator"), maintainer: () => say("signed_in_maintainer") }[session.role]() : "";
  place.hidden = session.may_act && !session.signed_in; // whoever needs nothing is asked for nothing
  show(find("session_role"), role);
  const further = { visitor: () => say("sign_in"), mediator: () => say("password"), maintainer: () => "" }[session.role]();
  show(find("sign_in"), further);
  find("sign_out").hidden = !session.signed_in;
  find("choose_pin").hidden = !session.may_set_pin;
  const invited = session.may_set_pin && session.role === "visitor" && !before?.may_set_pin;
  if (invited && !find("pin").open) signInAs("new_pin");
}

function signInAs(kind) {
  asking ??= openDialog(kind).finally(() => { asking = null; });
  return asking;
}

async function openDialog(kind) {
  const dialog = find("pin");
  if (session === null) await look();
  turn(kind === "pin" && session?.may_set_pin && session.role === "visitor" ? "new_pin" : kind);
  find("pin_other").hidden = kind === "password";
  dialog.returnValue = "";
  dialog.showModal();
  find("pin_field").focus();
  const ticking = setInterval(tick, 250);
  tick();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      clearInterval(ticking);
      find("pin_form").reset();
      resolve(dialog.returnValue === "signed in");
    }, { once: true });
  });
}

function turn(kind) {
  asked = kind;
  const field = find("pin_field");
  const numeric = kind !== "password";
  find("pin_form").reset();
  show(find("pin_title"), ASKED[kind].title());
  show(find("pin_why"), ASKED[kind].why());
  show(find("pin_label"), ASKED[kind].label());
  show(find("pin_other"), ASKED[kind].other());
  find("pin_user").value = numeric ? "mediator" : "maintainer";
  field.inputMode = numeric ? "numeric" : "text";
  field.autocomplete = kind === "new_pin" ? "new-password" : "current-password";
  find("pin_twice").hidden = kind !== "new_pin";
  find("pin_again").required = kind === "new_pin";
  reveal(false);
  tellProblem("");
}

function reveal(on) {
  find("pin_show").setAttribute("aria-pressed", String(on));
  for (const id of ["pin_field", "pin_again"]) find(id).type = on ? "text" : "password";
}

function tellProblem(text) {
  find("pin_problem").textContent = text;
  if (text) find("pin_field").setAttribute("aria-invalid", "true");
  else find("pin_field").removeAttribute("aria-invalid");
}

function tick() {
  const left = Math.ceil((waiting - performance.now()) / 1000);
  const enter = find("pin_enter");
  enter.disabled = left > 0;
  enter.textContent = left > 0 ? say("wait_seconds", { seconds: left }) : say("enter");
}

async function enter() {
  const field = find("pin_field");
  const given = field.value;
  if (asked === "new_pin" && given !== find("pin_again").value) {
    tellProblem(say("pins_differ"));
    return;
  }
  find("pin_enter").setAttribute("aria-busy", "true");
  try {
    const [method, path, name] = asked === "new_pin" ? ["PUT", "/api/pin", "pin"] : ["POST", "/api/session", asked];
    const answer = await ask(method, path, { [name]: given });
    if (answer.ok) {
      find("pin").close("signed in");
      showSession(answer);
      return;
    }
    tellProblem(answer.text);
    if (answer.code === "pin_not_asked_for") await look();
  } catch {
    tellProblem(say("not_sent"));
  } finally {
    find("pin_enter").removeAttribute("aria-busy");
  }
  tick();
  find("pin_form").reset();
  field.focus();
}

async function signOut() {
  try {
    await ask("DELETE", "/api/session");
  } finally {
    look();
  }
}

if (find("pin") !== null) {
  find("pin_form").addEventListener("submit", (event) => {
    event.preventDefault(); // it closes once somebody has signed in
    enter();
  });
  find("pin_cancel").addEventListener("click", () => find("pin").close("cancel"));
  find("pin_show").addEventListener("click", () => reveal(find("pin_field").type === "password"));
  find("pin_other").addEventListener("click", () => {
    turn(asked === "pin" ? "password" : "pin");
    find("pin_field").focus();
  });
  find("sign_in")?.addEventListener("click", () => signInAs(session?.role === "mediator" ? "password" : "pin"));
  find("sign_out")?.addEventListener("click", signOut);
  find("choose_pin")?.addEventListener("click", () => signInAs("new_pin"));
  document.addEventListener("visibilitychange", () => document.hidden || look()); // it may have ended in a pocket
  look();
}
