// What differs between two texts, line by line.

import { make } from "./dom.js";

const CONTEXT = 2;
const MOST_CELLS = 4_000_000;

/** Return `[sign, line]` for each line: "-" only in the first, "+" only in the second, " " in both. */
export function compare(before, after) {
  const a = before.split("\n");
  const b = after.split("\n");
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const middle = inner(a.slice(start, a.length - end), b.slice(start, b.length - end));
  const same = (line) => [" ", line];
  return [...a.slice(0, start).map(same), ...middle, ...a.slice(a.length - end).map(same)];
}

function inner(a, b) {
  if (a.length * b.length > MOST_CELLS) return [...a.map((line) => ["-", line]), ...b.map((line) => ["+", line])];
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = a[i] === b[j] ? common[(i + 1) * width + j + 1] + 1 : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  const rows = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      rows.push([" ", a[i]]);
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      rows.push(["-", a[i]]);
      i += 1;
    } else {
      rows.push(["+", b[j]]);
      j += 1;
    }
  }
  return rows;
}

/** Return the lines that differ, with a few around them, as elements; none when nothing does. */
export function drawDifference(before, after) {
  const rows = compare(before, after);
  const near = rows.map((_, at) => rows.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(([sign]) => sign !== " "));
  const drawn = [];
  rows.forEach(([sign, line], at) => {
    if (!near[at]) return;
    if (drawn.length && !near[at - 1]) drawn.push(make("span", { className: "gap" }, "⋯\n"));
    drawn.push(make(sign === "-" ? "del" : sign === "+" ? "ins" : "span", {}, `${sign} ${line}\n`));
  });
  return drawn;
}
