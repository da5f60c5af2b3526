// The description of the interface for people, made of the same document that programmes read.

import { find, make } from "./dom.js";
import { showHead } from "./parts.js";
import "./session.js"; // the menu says who is signed in
import { address, load } from "./words.js";

const [model, { info, paths, components }] = await Promise.all([load(address("/api/model")), load(address("/api/openapi.json"))]);

showHead(model);
find("told").replaceChildren(...worded(info.description));
find("commands").replaceChildren(...components.schemas.Command.oneOf.flatMap(commandRow));
find("addresses").replaceChildren(...Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, operation]) => addressRow(method, path, operation))));
find("board").classList.remove("waiting");

function commandRow({ title, description, properties, required }) {
  const written = Object.entries(properties).filter(([name]) => name !== "command" && name !== "request")
    .map(([name, schema]) => `, "${name}": ${range(schema)}${required.includes(name) ? "" : " ?"}`);
  return [make("dt", {}, `{"command": "${title}"${written.join("")}}`), make("dd", {}, ...worded(description))];
}

// What stands between back ticks is code.
function worded(text) {
  return text.split("`").map((words, place) => (place % 2 ? make("code", {}, words) : words));
}

function range({ type, minimum, maximum }) {
  return minimum === undefined ? type : `${minimum}…${maximum}`;
}

function addressRow(method, path, { summary, description, parameters, requestBody, responses }) {
  const asked = parameters.filter((parameter) => parameter.in === "query").map(({ name, schema }) => (schema.enum ? `${name}=${schema.enum.join("|")}` : name));
  const body = requestBody ? Object.values(requestBody.content).map(({ schema }) => named(schema)) : [];
  const [status, { content }] = Object.entries(responses).find(([code]) => code < 300);
  const answer = Object.entries(content).map(([media, { schema }]) => `${status} ${named(schema) ?? media}`);
  const line = [description, asked.length ? `?${asked.join("&")}` : null, ...body, `→ ${answer.join(", ")}`].filter(Boolean);
  return [make("dt", {}, `${method.toUpperCase()} ${path}`), make("dd", {}, ...worded(summary), make("p", {}, line.join(" · ")))];
}

function named(schema) {
  if (!schema) return null;
  if (schema.$ref) return schema.$ref.split("/").pop();
  return schema.items ? `[${named(schema.items)}]` : null;
}
