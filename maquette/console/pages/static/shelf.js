// The shelf: the documents with what is wrong with them, and those that were deleted.

import { drafted } from "./drafts.js";
import { find, make } from "./dom.js";
import { counted } from "./problems.js";
import { duration, say } from "./words.js";

/**
 * Show the documents.
 *
 * @param {object[]} rows the answer of /api/documents.
 * @param {string|null} open the name of the one that is open.
 * @param {(name: string) => void} act called with the name of one that is chosen.
 */
export function showShelf(rows, open, act) {
  const drafts = new Set(drafted());
  const present = rows.filter((row) => !row.deleted);
  const fresh = [...drafts].filter((name) => !present.some((row) => row.name === name)).map((name) => ({ name, title: null, errors: 0, warnings: 0 }));
  const draw = (row) => entry(row, row.name === open, drafts.has(row.name), act);
  find("documents").replaceChildren(...[...fresh, ...[...present].sort(byKind)].map(draw));
  const gone = rows.filter((row) => row.deleted && !drafts.has(row.name));
  find("deleted").hidden = gone.length === 0;
  find("deleted").querySelector("ul").replaceChildren(...gone.map(draw));
}

const KINDS = ["scenario", "scales", "config", "hardware"];

function byKind(a, b) {
  return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || nameOf(a).localeCompare(nameOf(b));
}

/** Return what people call a document. */
export function nameOf(row) {
  if (row.kind === "config") return say("document_config");
  if (row.kind === "scales") return say("document_scales");
  return row.title ?? row.name;
}

function entry(row, isOpen, isDraft, act) {
  const length = row.steps ? [row.steps === 1 ? say("step_one") : say("step_many", { count: row.steps }), duration(row.duration_s)] : [];
  const about = [row.kind === "config" || row.kind === "hardware" ? row.file : `${row.name}.yaml`, ...length, row.idle ? say("document_idle") : null].filter(Boolean).join(" · ");
  const marks = [
    row.errors ? make("span", { className: "kind error" }, counted(row.errors, 0)) : null,
    row.warnings ? make("span", { className: "kind warning" }, counted(0, row.warnings)) : null,
    isDraft ? make("span", { className: "mark" }, say("document_unsaved")) : null,
  ].filter(Boolean);
  const properties = { type: "button", "data-name": row.name, "aria-current": isOpen ? "true" : null, onclick: () => act(row.name) };
  const marked = marks.length ? make("span", { className: "marks" }, ...marks) : null;
  return make("li", {}, make("button", properties, make("span", { className: "name" }, nameOf(row)), make("small", { className: "soft" }, about), marked));
}
