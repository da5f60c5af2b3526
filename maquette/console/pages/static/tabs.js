// Tabs: one panel at a time; arrow keys go from one to the next.

import { find } from "./dom.js";

const tabs = () => [...document.querySelectorAll('[role="tab"]')];

/** Show the panel of a tab, by the name in its id. */
export function chooseTab(name) {
  for (const tab of tabs()) {
    const isChosen = tab.id === `tab_${name}`;
    tab.setAttribute("aria-selected", isChosen);
    tab.tabIndex = isChosen ? 0 : -1;
    find(tab.getAttribute("aria-controls")).hidden = !isChosen;
  }
}

/** Make the tabs of an element work. */
export function prepareTabs(element) {
  element.addEventListener("click", ({ target }) => {
    const tab = target.closest('[role="tab"]');
    if (tab) chooseTab(tab.id.slice(4));
  });
  element.querySelector('[role="tablist"]').addEventListener("keydown", (event) => {
    const shown = tabs().filter((tab) => !tab.hidden);
    const at = shown.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined || at < 0) return;
    event.preventDefault();
    const next = shown[(at + step + shown.length) % shown.length];
    chooseTab(next.id.slice(4));
    next.focus();
  });
}
