// Identify: a part of the model makes itself known, for whoever wires or mends it; and which one does so now.

import { commandFrom } from "./command.js";
import { fill, find, make } from "./dom.js";
import { say } from "./words.js";

let named = new Map();
let zone = null;
let standing = null;

/** List the parts that have no panel of their own, and let the controls act. */
export function offerParts(model) {
  const groups = [...new Set(model.zones.flatMap((each) => each.groups))];
  const kinds = [
    ["zone", say("identify_zone"), model.zones.map((each) => [each.zone, each.title])],
    ["group", say("identify_group"), groups.map((group) => [group, group])],
    ["servo", say("identify_servo"), model.servos.map((each) => [each.servo, each.title])],
    ["button", say("identify_button"), model.buttons.map((each) => [each.button, each.label])],
  ];
  named = new Map(kinds.flatMap(([kind, , parts]) => parts.map(([name, title]) => [`${kind} ${name}`, title])));
  const lists = kinds.filter(([, , parts]) => parts.length).map(([kind, label, parts]) =>
    make("optgroup", { label }, ...parts.map(([name, title]) => make("option", { value: `${kind} ${name}` }, title))));
  find("part").replaceChildren(...lists);
  find("identify_zone").addEventListener("click", () => ask(find("identify_zone"), `zone ${zone}`));
  find("identify_part").addEventListener("click", () => ask(find("identify_part"), find("part").value));
  find("identify_end").addEventListener("click", () => ask(find("identify_end"), "off"));
}

function ask(button, target) {
  return commandFrom(button, "identify", { target });
}

/** Offer the zone of the panel, or none (null). */
export function offerZone(chosen) {
  zone = chosen;
  find("identify_zone").hidden = zone === null || standing?.target === `zone ${zone}`;
}

/** Say what makes itself known, and which buttons were heard. */
export function showIdentified(identifying) {
  standing = identifying;
  const about = identifying && { target: identifying.target, heard: identifying.heard };
  find("identified").hidden = about === null;
  find("identify_end").hidden = about === null;
  fill(find("identified"), about, () => about === null ? [] : [
    make("b", {}, say("identified", { name: named.get(about.target) ?? about.target })),
    about.heard.length ? make("span", { className: "small" }, ` ${say("identify_heard", { names: about.heard.map((button) => named.get(`button ${button}`) ?? button).join(", ") })}`) : null,
  ].filter(Boolean));
  offerZone(zone);
}
