// Commands: sent to the model, answered in words. Where a PIN is asked for, the page asks the mediator once and tries again.

import { find, show } from "./dom.js";
import { address, say } from "./words.js";

const MESSAGE_MS = 6000;
let hiding = 0;

/** Tell something in the banner, for a while. */
export function tell(text) {
  show(find("message"), text);
  clearTimeout(hiding);
  hiding = setTimeout(() => show(find("message"), ""), MESSAGE_MS);
}

async function post(path, payload) {
  const body = JSON.stringify(payload);
  const response = await fetch(address(path), { method: "POST", body, headers: { "content-type": "application/json" } });
  return response.json();
}

function askPin(problem) {
  const dialog = find("pin");
  const field = find("pin_field");
  find("pin_problem").textContent = problem;
  field.value = "";
  dialog.returnValue = "";
  find("pin_cancel").onclick = () => dialog.close("cancel");
  dialog.showModal();
  field.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "enter" ? field.value : null), { once: true });
  });
}

async function openSession() {
  let problem = "";
  for (;;) {
    const pin = await askPin(problem);
    if (pin === null) return false;
    const answer = await post("/api/session", { pin });
    if (answer.ok) return true;
    problem = answer.text;
  }
}

/** Send a command; a refusal is told in the banner. Returns the answer, or null when none came. */
export async function command(name, values = {}) {
  try {
    let answer = await post("/api/commands", { command: name, ...values });
    if (answer.code === "pin_required" && (await openSession())) {
      answer = await post("/api/commands", { command: name, ...values });
    }
    if (!answer.ok) tell([answer.text, answer.hint].filter(Boolean).join(" "));
    return answer;
  } catch {
    tell(say("not_sent"));
    return null;
  }
}

/** Send a command for a button, which shows at once that it was touched. */
export async function commandFrom(button, name, values = {}) {
  button.setAttribute("aria-busy", "true");
  try {
    return await command(name, values);
  } finally {
    button.removeAttribute("aria-busy");
  }
}
