// The page's elements: find them, make them, change them only when something changed.

export const find = (id) => document.getElementById(id);

/** Make an element: properties as given, children as nodes or text. Text is never read as HTML. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name === "className" ? "class" : name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Show a text, or hide the element when there is none. */
export function show(element, text) {
  const words = text || "";
  if (element.textContent !== words) element.textContent = words;
  element.hidden = !words;
}

/** Return lists by key, in the order in which the keys came. */
export function groupBy(list, keyOf) {
  const groups = new Map();
  for (const item of list) {
    const key = keyOf(item);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(item);
  }
  return groups;
}

const painted = new WeakMap();

/** Fill an element anew, but only when what it shows has changed: a finger may rest on it. */
export function fill(element, source, paint) {
  const key = JSON.stringify(source);
  if (painted.get(element) === key) return;
  painted.set(element, key);
  element.replaceChildren(...paint());
}
