// Renewal: the documents changed while the page is open, and it takes over what they say now.

import { address, load } from "./words.js";

let asking = false;

/**
 * Take over what the documents say now.
 *
 * @param {object} model the answer of /api/model, changed in place.
 * @param {string} mark the mark of what is played now, from the state.
 * @param {string[]} drawn what of the model the page drew once for all: where it changed, the page is loaded anew.
 * @returns {Promise<boolean>} whether the model is now the one that is played.
 */
export async function renew(model, mark, drawn) {
  if (asking) return false;
  asking = true;
  const next = await load(address("/api/model"));
  asking = false;
  const differs = (name) => JSON.stringify(next[name]) !== JSON.stringify(model[name]);
  if (drawn.some(differs)) {
    location.reload();
    return false;
  }
  Object.assign(model, next);
  return model.exhibition === mark;
}
