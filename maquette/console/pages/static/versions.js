// Former versions of a document: when each gave way, what differs, and how to take one up again.

import { find, make } from "./dom.js";
import { locale, quantity, say } from "./words.js";

/**
 * Show the versions, the newest first.
 *
 * @param {object[]} kept the answer of /api/documents/…/versions.
 * @param {object} can `read(number)`: its text; `compare(text)`: elements that show what differs from what is written now; `takeUp(text)`.
 */
export function showVersions(kept, can) {
  find("comparison").hidden = true;
  const rows = kept.map((version) => row(version, can));
  find("versions").replaceChildren(...(rows.length ? rows : [make("li", { className: "soft small" }, say("versions_none"))]));
}

function row({ number, replaced_at: at, size }, can) {
  const when = new Date(at).toLocaleString(locale, { dateStyle: "long", timeStyle: "short" });
  const compare = make("button", { type: "button", "aria-label": say("version_compare_label", { when }) }, say("version_compare"));
  const takeUp = make("button", { type: "button", "aria-label": say("version_take_up_label", { when }) }, say("version_take_up"));
  compare.addEventListener("click", async () => {
    const text = await can.read(number);
    if (text !== undefined) showComparison(say("version_differs", { when }), can.compare(text));
  });
  takeUp.addEventListener("click", async () => {
    const text = await can.read(number);
    if (text !== undefined) can.takeUp(text);
  });
  const told = make("span", {}, when, make("small", { className: "soft" }, ` ${quantity(size / 1000, say("kilobytes"))}`));
  return make("li", { className: "version" }, told, make("span", { className: "bar" }, compare, takeUp));
}

function showComparison(title, difference) {
  const box = find("comparison");
  box.querySelector("h3").textContent = title;
  box.querySelector("pre").replaceChildren(...(difference.length ? difference : [say("version_same")]));
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
}
