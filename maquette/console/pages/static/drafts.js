// Drafts: a text that is not saved stays in this tab, over a reload and a lost line.

const PREFIX = "maquette.draft.";

/** Return the draft of a document, `{text, fingerprint, file}`; null when there is none. */
export function draftOf(name) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name));
  } catch {
    return null;
  }
}

/** Keep a draft. Returns whether there was room for it. */
export function keepDraft(name, draft) {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/** Forget a draft. */
export function dropDraft(name) {
  sessionStorage.removeItem(PREFIX + name);
}

/** Return the names of the documents that have a draft. */
export function drafted() {
  return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
}
