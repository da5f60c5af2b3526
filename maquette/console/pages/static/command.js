// Commands and everything else that pages ask for: sent to the model, answered in words. Where somebody must sign in, the page asks once and
// tries again.

import { find, show } from "./dom.js";
import { ask, mayHelp, signIn } from "./session.js";
import { say } from "./words.js";

const MESSAGE_MS = 6000;
const AGAIN_MS = 400;
let hiding = 0;

/** Tell something in the banner, for a while. */
export function tell(text) {
  show(find("message"), text);
  clearTimeout(hiding);
  hiding = setTimeout(() => show(find("message"), ""), MESSAGE_MS);
}

/**
 * Send a request; a refusal is told in the banner.
 *
 * @param {string} method such as `PUT`.
 * @param {string} path such as `/api/commands`.
 * @param {object|string} [body] an object is sent as JSON, a text as YAML.
 * @param {object} [headers] such as `{ "if-match": mark }`.
 * @returns {Promise<object|null>} the JSON of the answer, or null when none came.
 */
export async function send(method, path, body, headers) {
  try {
    let answer = await asked(method, path, body, headers);
    if (mayHelp(answer.code) && (await signIn(answer.code))) answer = await asked(method, path, body, headers);
    if (answer.ok === false) tell([answer.text, answer.hint].filter(Boolean).join(" "));
    return answer;
  } catch {
    tell(say("not_sent"));
    return null;
  }
}

// What may be sent twice is sent twice: in a hall, an answer is lost now and then.
async function asked(method, path, body, headers) {
  try {
    return await ask(method, path, body, headers);
  } catch (error) {
    if (!body?.request) throw error;
    await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS); });
    return ask(method, path, body, headers);
  }
}

/** Send a command, which is carried out once; a refusal is told in the banner. Returns the answer, or null when none came. */
export function command(name, values = {}) {
  const request = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  return send("POST", "/api/commands", { command: name, ...values, request });
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
