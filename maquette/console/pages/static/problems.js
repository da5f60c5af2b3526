// Problems of a document, as the terminal shows them; each leads to its line, and explains its code when asked.

import { find, make, show } from "./dom.js";
import { address, load, say } from "./words.js";

/** Say how many errors or warnings there are, or nothing. */
export function counted(errors, warnings) {
  const parts = [];
  if (errors) parts.push(errors === 1 ? say("error_one") : say("error_many", { count: errors }));
  if (warnings) parts.push(warnings === 1 ? say("warning_one") : say("warning_many", { count: warnings }));
  return parts.join(", ");
}

/** Show problems; `go(problem)` is called for one that is touched. */
export function showProblems(problems, elsewhere, go) {
  find("problems").replaceChildren(...problems.map((problem) => row(problem, go)));
  find("no_problem").hidden = problems.length + elsewhere.length > 0;
  find("elsewhere").hidden = elsewhere.length === 0;
  find("elsewhere").querySelector("ul").replaceChildren(...elsewhere.map((problem) => row(problem, null)));
  const errors = problems.filter(({ severity }) => severity === "error").length + elsewhere.length;
  const count = errors || problems.length;
  show(find("count"), count ? String(count) : "");
  find("count").className = errors ? "error" : "warning";
}

function row(problem, go) {
  const { file, line, column, code, severity, message, hint, excerpt, caret } = problem;
  const place = go ? say("problem_place", { line, column }) : `${file}, ${say("problem_place", { line, column })}`;
  const kind = severity === "error" ? say("problem_error") : say("problem_warning");
  const told = [
    make("span", { className: `kind ${severity}` }, `${kind} ${code}`),
    make("span", { className: "small soft" }, place),
    make("span", { className: "told" }, `${message}${hint ? ` — ${hint}` : ""}`),
  ];
  const head = go ? make("button", { type: "button", onclick: () => go(problem) }, ...told) : make("div", { className: "row" }, ...told);
  const drawn = excerpt === null ? null : make("pre", { className: "excerpt", tabindex: "0" }, `${excerpt}\n${" ".repeat(caret)}^`);
  return make("li", { "data-code": code }, head, drawn, explanation(code));
}

function explanation(code) {
  const details = make("details", {}, make("summary", { className: "small" }, say("problem_why", { code })));
  details.addEventListener("toggle", async () => {
    if (details.children.length > 1) return;
    const { text, wrong, right } = await load(address(`/api/problems/${code}`));
    details.append(
      make("p", { className: "small" }, text),
      make("p", { className: "small soft" }, say("problem_wrong")), make("pre", { className: "example" }, wrong),
      make("p", { className: "small soft" }, say("problem_right")), make("pre", { className: "example" }, right),
    );
  }, { once: true });
  return details;
}
