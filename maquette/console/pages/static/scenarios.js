// The maintainer's page: choose a document, write, see what is wrong with it and what it tells, save it. What is not saved is never lost.

import { send, tell } from "./command.js";
import { drawDifference } from "./difference.js";
import { find, make, show } from "./dom.js";
import { draftOf, dropDraft, keepDraft } from "./drafts.js";
import { showRun } from "./dry_run.js";
import { Editor } from "./editor.js";
import { live } from "./live.js";
import { askName, beSure, settle } from "./questions.js";
import { showHead } from "./parts.js";
import { counted, showProblems } from "./problems.js";
import { ask } from "./session.js";
import { nameOf, showShelf } from "./shelf.js";
import { chooseTab, prepareTabs } from "./tabs.js";
import { showVersions } from "./versions.js";
import { address, load, say } from "./words.js";

const PAUSE_MS = 400; // in typing, before a text is checked
const RETRY_MS = 3000;
const MOST_BYTES = 250_000;
const SCHEMA = /^# yaml-language-server:.*\n/;

let rows = [];
let open = null; // {name, file, kind, writable, text: as saved, fingerprint: null for one that is new}
let examined = null; // the answer to the last check, and the text that it is about
let waiting = 0;
let isChecking = false;
let trouble = ""; // why there is no check
let remark = ""; // of the last save
let mark = null;
let isFirstLook = true; // at this document

const editor = new Editor(written);
for (const [id, act] of Object.entries({ save, revert, rename, download, delete: remove, dry_run: playDry, new: () => nameNew(null), import: () => find("file").click() })) {
  find(id).addEventListener("click", act);
}
find("file").addEventListener("change", importFile);
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  save();
});
addEventListener("beforeunload", (event) => {
  if (isDirty()) event.preventDefault();
});

prepareTabs(find("side"));
const [model, played] = await Promise.all([load(address("/api/model")), load(address("/api/scenarios"))]);
showHead(model);
// What is played is known at once; how all documents are takes a check.
rows = played.map(({ id, ...row }) => ({ ...row, name: id, kind: "scenario", errors: 0, warnings: 0 }));
drawShelf();
find("board").classList.remove("waiting");
const listed = showRows();
const first = decodeURIComponent(location.hash.slice(1));
if (first && !rows.some((row) => row.name === first)) await listed;
if (first && (draftOf(first) || rows.some((row) => row.name === first))) choose(first);
live({ state: follow, lost: () => show(find("link"), say("editor_lost")), found: () => show(find("link"), ""), opened: () => {} });

// -- what is open ------------------------------------------------------------------------------------------------------

function pathOf(name, rest = "") {
  return `/api/documents/${encodeURIComponent(name)}${rest}`;
}

async function showRows() {
  const told = await send("GET", "/api/documents");
  if (Array.isArray(told)) rows = told;
  drawShelf();
}

function drawShelf() {
  showShelf(rows, open?.name ?? null, choose);
}

async function choose(name) {
  const draft = draftOf(name);
  const row = rows.find((each) => each.name === name);
  if (row === undefined || row.deleted) {
    const text = draft?.text ?? (await lastVersion(name));
    if (text === null) return;
    show({ name, file: row?.file ?? say("document_fresh", { name }), kind: "scenario", writable: true, text: "", fingerprint: null }, text);
    remark = row?.deleted ? say("document_was_deleted") : "";
  } else {
    const told = await send("GET", pathOf(name));
    if (!told || told.ok === false) return;
    const text = told.text.replace(/\r\n?/g, "\n");
    show({ ...told, text, title: nameOf(row) }, draft?.text ?? text);
    if (draft) {
      if (draft.fingerprint !== null) open.fingerprint = draft.fingerprint; // whatever was saved meanwhile, this is what was edited
      remark = say("draft_found");
    }
  }
  showStatus();

  function show(document, text) {
    open = document;
    examined = null;
    remark = "";
    trouble = "";
    showOpen(text);
  }
}

function showOpen(text) {
  location.hash = encodeURIComponent(open.name);
  for (const link of document.querySelectorAll(".languages a")) link.hash = location.hash;
  find("document_title").textContent = open.title ?? open.name;
  find("document_file").textContent = open.writable ? open.file : say("document_read_only", { file: open.file });
  for (const id of ["editor", "editor_hint", "actions", "side"]) find(id).hidden = false;
  for (const id of ["rename", "delete", "revert"]) find(id).hidden = !open.writable;
  find("rename").hidden ||= open.kind !== "scenario";
  find("save").hidden = !open.writable;
  for (const id of ["tab_retelling", "tab_dry_run"]) find(id).hidden = open.kind !== "scenario";
  find("tab_versions").hidden = !open.writable;
  if (matchMedia("(max-width: 74.9375em)").matches) find("shelf_fold").open = false;
  editor.open(text, open.writable);
  showRun(null);
  find("retelling").replaceChildren();
  show(find("retelling_note"), "");
  isFirstLook = true;
  showProblems([], [], goTo);
  find("no_problem").hidden = true;
  readVersions();
  drawShelf();
  keep();
  check();
}

async function lastVersion(name) {
  const [newest] = (await send("GET", pathOf(name, "/versions"))) ?? [];
  return newest ? (await send("GET", pathOf(name, `/versions/${newest.number}`)))?.text ?? null : null;
}

function isDirty() {
  return open !== null && (open.fingerprint === null || editor.text !== open.text);
}

function goTo({ line, column }) {
  editor.go(line, column);
}

// -- writing -----------------------------------------------------------------------------------------------------------

function written() {
  remark = "";
  keep();
  clearTimeout(waiting);
  waiting = setTimeout(check, PAUSE_MS);
}

/** Keep in this tab what is not saved. */
function keep() {
  const had = draftOf(open.name) !== null;
  if (!isDirty()) dropDraft(open.name);
  else if (!keepDraft(open.name, { text: editor.text, fingerprint: open.fingerprint })) tell(say("draft_too_large"));
  if (had !== isDirty()) drawShelf();
  showStatus();
}

async function check() {
  clearTimeout(waiting);
  if (isChecking) return; // it looks again when it has its answer
  const { name } = open;
  const text = editor.text;
  isChecking = true;
  showStatus();
  const answer = await ask("POST", pathOf(name, "/check"), { text }).catch(() => null);
  isChecking = false;
  if (open.name !== name || editor.text !== text) {
    check();
    return;
  }
  if (answer === null || answer.ok === false) {
    trouble = answer === null ? say("check_lost") : [answer.text, answer.hint].filter(Boolean).join(" ");
    waiting = setTimeout(check, RETRY_MS);
  } else {
    trouble = "";
    examined = { ...answer, text };
    showExamined();
  }
  showStatus();
}

function showExamined() {
  editor.mark(examined.problems);
  showProblems(examined.problems, examined.elsewhere, goTo);
  if (examined.retelling !== null) {
    find("retelling").replaceChildren(...examined.retelling.paragraphs.map((sentences) => make("p", {}, sentences.join(" "))));
    if (open.fingerprint === null) find("document_title").textContent = examined.retelling.title;
  }
  const isOld = examined.retelling === null && open.kind === "scenario";
  show(find("retelling_note"), isOld && find("retelling").childElementCount ? say("retelling_old") : "");
  if (isFirstLook) chooseTab(open.kind === "scenario" && !isOld ? "retelling" : "problems");
  isFirstLook = false;
}

function showStatus() {
  if (open === null) return;
  const isDone = examined !== null && examined.text === editor.text;
  const saved = isDirty() ? say("document_unsaved") : say("document_saved");
  const errors = isDone ? examined.problems.filter(({ severity }) => severity === "error").length + examined.elsewhere.length : 0;
  const warnings = isDone ? examined.problems.filter(({ severity }) => severity === "warning").length : 0;
  const found = trouble || (isDone ? counted(errors, warnings) || say("problems_none") : say("checking"));
  const parts = open.writable ? [saved, remark, found] : [found];
  show(find("status"), parts.filter(Boolean).join(" · "));
  find("status").classList.toggle("bad", errors > 0 || Boolean(trouble));
  find("save").disabled = !isDirty();
  find("revert").disabled = open.fingerprint === null || !isDirty();
}

// -- saving ------------------------------------------------------------------------------------------------------------

async function save() {
  if (open === null || !isDirty() || find("save").hasAttribute("aria-busy")) return;
  const document = open;
  const text = editor.text;
  find("save").setAttribute("aria-busy", "true");
  const headers = document.fingerprint === null ? { "if-none-match": "*" } : { "if-match": `"${document.fingerprint}"` };
  const answer = await send("PUT", pathOf(document.name), { text }, headers);
  find("save").removeAttribute("aria-busy");
  if (answer === null) return; // the banner says so; the text stays where it is
  if (answer.ok) taken(document, text, answer);
  else if (answer.problems) refused(answer);
  else if (answer.code === "document_changed" || answer.code === "document_exists") await conflict();
  else if (answer.code === "unknown_document") {
    open.fingerprint = null;
    remark = say("document_was_deleted");
    keep();
  }
}

function taken(document, text, answer) {
  Object.assign(document, { text, fingerprint: answer.fingerprint, file: answer.file });
  if (open !== document) {
    dropDraft(document.name);
    return;
  }
  remark = answer.taken_over ? say("save_played") : say("save_not_played", { reasons: answer.reasons.join(" ") });
  find("document_file").textContent = open.file;
  keep();
  showRows();
  readVersions();
}

function refused({ problems }) {
  const own = problems.filter((problem) => problem.file === open.file || open.fingerprint === null);
  const elsewhere = problems.filter((problem) => !own.includes(problem));
  editor.mark(own);
  showProblems(own, elsewhere, goTo);
  chooseTab("problems");
  if (own.length) goTo(own[0]);
}

async function conflict() {
  const theirs = await send("GET", pathOf(open.name));
  if (!theirs || theirs.ok === false) return;
  const text = theirs.text.replace(/\r\n?/g, "\n");
  const choice = await settle(drawDifference(text, editor.text));
  if (!choice) return;
  Object.assign(open, { text, fingerprint: theirs.fingerprint });
  if (choice === "theirs") editor.replace(text);
  keep();
  if (choice === "mine") await save();
}

// Somebody else may have changed what is open.
async function follow(state) {
  if (mark === null) mark = state.exhibition;
  if (mark === state.exhibition) return;
  mark = state.exhibition;
  await showRows();
  if (open === null || open.fingerprint === null || !rows.some((row) => row.name === open.name && !row.deleted)) return;
  const document = open;
  const told = await ask("GET", pathOf(document.name)).catch(() => null);
  if (!told || told.ok === false || open !== document || told.fingerprint === document.fingerprint) return;
  if (isDirty()) {
    remark = say("document_changed_meanwhile");
    showStatus();
  } else {
    Object.assign(open, { text: told.text.replace(/\r\n?/g, "\n"), fingerprint: told.fingerprint });
    showOpen(open.text);
  }
}

// -- what else can be done ---------------------------------------------------------------------------------------------

function begin(name, text) {
  keepDraft(name, { text, fingerprint: null });
  return choose(name);
}

/** Ask for the name of a new document until it may be called so. */
async function nameNew(text, written = "") {
  const others = rows.filter((row) => row.kind === "scenario" && !row.deleted);
  await askName({
    title: say("document_new"), hint: say("document_name_hint"), yes: say("document_create"), written, text,
    from: text === null ? others.map((row) => [row.name, say("document_copy", { title: nameOf(row) })]) : [],
    attempt: async (name, from) => {
      if (rows.some((row) => row.name === name && !row.deleted) || draftOf(name)) return say("document_taken", { name });
      const body = text ?? (await textFor(name, from));
      const answer = await send("POST", pathOf(name, "/check"), { text: body });
      if (answer?.problems) await begin(name, body);
      return answer?.problems ? "" : [answer?.text ?? say("not_sent"), answer?.hint].filter(Boolean).join(" ");
    },
  });
}

async function textFor(name, from) {
  if (from) return draftOf(from)?.text ?? (await send("GET", pathOf(from))).text;
  const scenario = rows.find((row) => row.kind === "scenario" && !row.deleted);
  const schema = scenario ? SCHEMA.exec((await send("GET", pathOf(scenario.name))).text)?.[0] ?? "" : "";
  return `${schema}${say("document_template", { name })}`;
}

async function importFile() {
  const [file] = find("file").files;
  find("file").value = "";
  if (!file) return;
  if (file.size > MOST_BYTES) {
    tell(say("import_too_large", { name: file.name }));
    return;
  }
  const text = decode(await file.arrayBuffer()).replace(/\r\n?/g, "\n");
  const name = file.name.replace(/\.ya?ml$/i, "");
  if (rows.some((row) => row.name === name && row.writable && !row.deleted)) {
    await choose(name);
    editor.replace(text);
    remark = say("import_over");
    showStatus();
  } else await nameNew(text, name);
}

// Old editors write Windows-1252.
function decode(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function download() {
  const url = URL.createObjectURL(new Blob([editor.text], { type: "application/yaml" }));
  make("a", { href: url, download: `${open.name.split(":").at(-1).replace(/\.yaml$/, "")}.yaml` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

async function rename() {
  if (isDirty()) {
    tell(say("rename_unsaved"));
    return;
  }
  const { name, fingerprint } = open;
  await askName({
    title: say("rename_title", { name }), hint: say("rename_hint"), yes: say("document_rename"), written: name, from: [],
    attempt: async (to) => {
      const answer = await send("POST", pathOf(name, "/rename"), { to }, { "if-match": `"${fingerprint}"` });
      if (!answer?.ok) return [answer?.text ?? say("not_sent"), answer?.hint, ...(answer?.problems ?? []).map((each) => each.message)].filter(Boolean).join(" ");
      await showRows();
      await choose(to);
      remark = answer.rewritten.length ? say("renamed_also", { files: answer.rewritten.join(", ") }) : say("renamed");
      showStatus();
      return "";
    },
  });
}

async function remove() {
  const document = open;
  if (!(await beSure(say("delete_title", { name: document.title ?? document.name }), say("delete_text"), say("document_delete")))) return;
  if (document.fingerprint !== null) {
    const answer = await send("DELETE", pathOf(document.name), undefined, { "if-match": `"${document.fingerprint}"` });
    if (answer?.problems) showProblems([], answer.problems, goTo);
    if (!answer?.ok) return;
  }
  dropDraft(document.name);
  open = null;
  location.hash = "";
  for (const id of ["editor", "editor_hint", "actions", "side"]) find(id).hidden = true;
  find("document_title").textContent = say("document_none");
  find("document_file").textContent = "";
  find("save").hidden = true;
  show(find("status"), say("deleted"));
  await showRows();
}

async function revert() {
  if (await beSure(say("revert_title"), say("revert_text"), say("document_revert"))) editor.replace(open.text);
}

async function playDry() {
  const { name } = open;
  find("dry_run").setAttribute("aria-busy", "true");
  show(find("dry_run_note"), say("dry_run_waiting"));
  const answer = await send("POST", pathOf(name, "/dry_run"), { text: editor.text });
  find("dry_run").removeAttribute("aria-busy");
  if (open?.name !== name) return;
  const isWrong = answer?.played === null;
  show(find("dry_run_note"), isWrong ? say("dry_run_wrong") : "");
  showRun(answer?.played ?? null, model);
}

async function readVersions() {
  const { name, writable } = open;
  const kept = writable ? await ask("GET", pathOf(name, "/versions")).catch(() => []) : [];
  if (open?.name !== name) return;
  showVersions(Array.isArray(kept) ? kept : [], {
    read: async (number) => (await send("GET", pathOf(name, `/versions/${number}`)))?.text,
    compare: (text) => drawDifference(text, editor.text),
    takeUp: (text) => {
      editor.replace(text);
      remark = say("version_taken_up");
      showStatus();
    },
  });
}
