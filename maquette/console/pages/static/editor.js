// The editor: a plain textarea with line numbers and marks beside them. Tab writes two spaces; after Escape it leaves, as everywhere else.

import { find } from "./dom.js";

const INDENT = "  ";

export class Editor {
  /** @param {(text: string) => void} changed called after each change by hand. */
  constructor(changed) {
    this.area = find("source");
    this.numbers = find("numbers");
    this.marks = new Map();
    this.leaving = false;
    this.area.addEventListener("input", () => { this.#number(); changed(this.text); });
    this.area.addEventListener("scroll", () => this.#scroll());
    this.area.addEventListener("keydown", (event) => this.#key(event));
    this.area.addEventListener("blur", () => { this.leaving = false; });
  }

  get text() {
    return this.area.value;
  }

  /** Show another document. */
  open(text, writable) {
    this.area.value = text;
    this.area.readOnly = !writable;
    this.area.setSelectionRange(0, 0);
    this.area.scrollTo(0, 0);
    this.mark([]);
  }

  /** Put a text in place of the one that is there; Ctrl+Z brings that back. */
  replace(text) {
    this.area.focus();
    this.area.select();
    insert(this.area, text);
    this.area.setSelectionRange(0, 0);
    this.area.scrollTo(0, 0);
  }

  /** Mark the lines of problems. */
  mark(problems) {
    this.marks = new Map();
    for (const { line, severity } of problems) {
      if (this.marks.get(line) !== "error") this.marks.set(line, severity);
    }
    this.#number();
  }

  /** Put the caret at a place, both from 1. */
  go(line, column) {
    const lines = this.text.split("\n");
    const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    const written = lines[line - 1] ?? "";
    const start = before + [...written].slice(0, column - 1).join("").length; // columns count characters, not halves of them
    const word = /^[^\s,:[\]{}]+/.exec(this.text.slice(start));
    const { lineHeight, paddingTop } = getComputedStyle(this.area);
    this.area.focus();
    this.area.setSelectionRange(start, start + (word ? word[0].length : 0));
    this.area.scrollTop = Math.max(0, (line - 1) * parseFloat(lineHeight) + parseFloat(paddingTop) - this.area.clientHeight / 3);
    this.area.scrollIntoView({ block: "nearest" });
  }

  #number() {
    const count = this.text.split("\n").length;
    const key = `${count} ${[...this.marks].join(" ")}`;
    if (this.key === key) return;
    this.key = key;
    const rows = [];
    let plain = "";
    for (let line = 1; line <= count; line += 1) {
      const severity = this.marks.get(line);
      if (!severity) {
        plain += `${line}\n`;
        continue;
      }
      const mark = document.createElement("b");
      mark.className = severity;
      mark.textContent = String(line);
      rows.push(plain, mark);
      plain = "\n";
    }
    this.numbers.replaceChildren(...rows, plain);
    this.#scroll();
  }

  #scroll() {
    this.numbers.style.transform = `translateY(${-this.area.scrollTop}px)`;
  }

  #key(event) {
    if (event.key === "Escape") {
      this.leaving = true;
      return;
    }
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey && !event.isComposing;
    if (!plain || this.area.readOnly) return;
    if (event.key === "Tab" && !this.leaving) {
      event.preventDefault();
      insert(this.area, INDENT);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const line = this.text.slice(0, this.area.selectionStart).split("\n").at(-1);
      insert(this.area, `\n${/^ */.exec(line)[0]}`);
    }
    this.leaving = false;
  }
}

// The only way to write that the browser's own undo knows of; where it is gone, the text is set in all the same.
function insert(area, text) {
  if (document.execCommand("insertText", false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input"));
}
