// Questions that the page asks before it does something: a name, whether one is sure, what to do about a conflict.

import { find, make, show } from "./dom.js";
import { say } from "./words.js";

function answered(dialog) {
  return new Promise((resolve) => { dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }); });
}

/**
 * Ask for a name, until an attempt with it succeeds or somebody gives up.
 *
 * @param {object} question `title`, `hint`, `yes`: words; `written`: what stands there first; `from`: what may be copied, `[name, words]`;
 *   `attempt(name, from)`: does it, and returns why it could not be done, or nothing.
 */
export async function askName({ title, hint, yes, written, from, attempt }) {
  const dialog = find("naming");
  const field = find("naming_field");
  const options = [["", say("document_empty")], ...from];
  find("naming_title").textContent = title;
  find("naming_yes").textContent = yes;
  show(find("naming_hint"), hint);
  find("naming_source").hidden = from.length === 0;
  find("naming_from").replaceChildren(...options.map(([value, words]) => make("option", { value }, words)));
  find("naming_cancel").onclick = () => dialog.close("");
  field.value = written;
  let problem = "";
  do {
    show(find("naming_problem"), problem);
    dialog.returnValue = "";
    dialog.showModal();
    field.select();
    if ((await answered(dialog)) !== "yes") return;
    problem = await attempt(field.value.trim(), find("naming_from").value);
  } while (problem);
}

/** Ask whether somebody is sure; returns true when they are. */
export async function beSure(title, text, yes) {
  const dialog = find("sure");
  find("sure_title").textContent = title;
  find("sure_text").textContent = text;
  find("sure_yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return (await answered(dialog)) === "yes";
}

/** Show what differs from somebody else's version; returns "theirs", "mine" or "" (neither, yet). */
export async function settle(difference) {
  const dialog = find("conflict");
  find("conflict_difference").replaceChildren(...difference);
  dialog.returnValue = "";
  dialog.showModal();
  return answered(dialog);
}
