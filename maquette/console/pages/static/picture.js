// A scenario's picture: the model by night, and where its first telling step lights it. It tells no value: the documents alone make it.

const SVG = "http://www.w3.org/2000/svg";
const THICK = 0.022; // of the plan's width

function drawn(tag, properties, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(properties)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Return the picture of one scenario of the model, for eyes alone: its title stands beside it. */
export function picture({ size_mm: [width, height], zones }, { lit }) {
  const colours = new Map(lit.map(({ zone, colour }) => [zone, colour]));
  const paths = zones.map((zone) => drawn("path", { d: `M${zone.places.join("L")}h0`, stroke: colours.get(zone.zone) ?? "#000000" }));
  return drawn("svg", { class: "picture", viewBox: `0 0 ${width} ${height}`, "stroke-width": THICK * width, "aria-hidden": "true" }, ...paths);
}
